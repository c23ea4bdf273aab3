//! Promises that hold for every input, not only for examples: JSON passes through, domains arrive, env files are
//! literal, cache keys keep answers apart, and no text of a stranger makes anything panic.

use std::time::Duration;

use odoo_agent::inside::{
    BaseUrl, Cache, Found, Key, Object, Operation, Owner, Request, Section, canonical, env_file, json,
    json_input, sanitize, spec,
};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::Value;

/// JSON as a server may write it, and the same without white space between its tokens.
fn written_json() -> impl Strategy<Value = (String, String)> {
    let literal = prop_oneof![
        Just("null".to_string()),
        Just("true".into()),
        Just("false".into()),
        "-?(0|[1-9][0-9]{0,40})(\\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?",
        "\"([a-zß北 ,:\\[\\]{}]|\\\\[\"\\\\/bfnrt]|\\\\u00[0-9a-f]{2}){0,12}\"",
    ];
    let leaf = literal.prop_map(|text| (text.clone(), text));
    let blank = "[ \\t\\r\\n]{0,3}";
    leaf.prop_recursive(5, 40, 6, move |inner| {
        let item = (blank, inner.clone(), blank)
            .prop_map(|(before, (spaced, tight), after)| (format!("{before}{spaced}{after}"), tight));
        let entry = (blank, "\"([a-z:, ]|\\\\\"|\\\\\\\\){0,4}\"", blank, item.clone()).prop_map(
            |(before, key, after, (spaced, tight))| {
                (format!("{before}{key}{after}:{spaced}"), format!("{key}:{tight}"))
            },
        );
        let join = |open: &'static str, close: &'static str| {
            move |items: Vec<(String, String)>| {
                let (spaced, tight): (Vec<_>, Vec<_>) = items.into_iter().unzip();
                (format!("{open}{}{close}", spaced.join(",")), format!("{open}{}{close}", tight.join(",")))
            }
        };
        prop_oneof![
            prop::collection::vec(item, 0..6).prop_map(join("[", "]")),
            prop::collection::vec(entry, 0..6).prop_map(join("{", "}")),
        ]
    })
}

/// JSON values that can be carried exactly.
fn exact_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e15..1e15).prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        "[\"\\\\%_ '&<>\u{0}\u{1f}]{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map("\\PC{0,6}", inner, 0..6)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

/// Domains as people write them.
fn domain() -> impl Strategy<Value = Value> {
    let operator = prop::sample::select(vec![
        "=", "!=", "ilike", "=ilike", "in", "not in", ">", "<=", "child_of", "any",
    ]);
    let leaf = ("[a-z_]{1,10}(\\.[a-z_]{1,8}){0,2}", operator, exact_json())
        .prop_map(|(field, operator, value)| serde_json::json!([field, operator, value]));
    let term = prop_oneof![3 => leaf, 1 => prop::sample::select(vec!["&", "|", "!"]).prop_map(Value::from)];
    prop::collection::vec(term, 0..8).prop_map(Value::from)
}

fn owner_and_rest() -> impl Strategy<Value = [String; 6]> {
    let part = || "[a-c,\"/ ]{0,3}";
    (part(), part(), part(), 0..4_u8, "[a-c](\\.[a-c]){0,2}", part()).prop_map(
        |(url, database, user, kind, model, question)| {
            [url, database, user, kind.to_string(), model, question]
        },
    )
}

fn with_key<T>(parts: &[String; 6], use_it: impl FnOnce(&Key) -> T) -> T {
    let [base_url, database, user, kind, model, question] = parts.clone();
    let owner = Owner { base_url, database, user };
    let section = match kind.as_str() {
        "0" => Section::Schema,
        "1" => Section::Lookup,
        "2" => Section::Document,
        _ => Section::User,
    };
    use_it(&Key { owner: &owner, section, model: &model, question: question.into() })
}

const DAY: Duration = Duration::from_secs(86_400);

/// The same cases in every run, and no files beside the tests.
fn settled(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(19),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(settled(256))]

    #[test]
    fn only_white_space_between_tokens_ever_changes((spaced, tight) in written_json()) {
        prop_assume!(serde_json::from_str::<serde::de::IgnoredAny>(&spaced).is_ok());
        prop_assert_eq!(json::compact(&spaced), tight.clone());
        let pretty = json::pretty(&spaced);
        prop_assert_eq!(json::compact(&pretty), tight);
        prop_assert!(pretty.lines().all(|line| line.trim_end_matches(' ') == line));
    }

    #[test]
    fn input_is_carried_exactly_or_refused(value in exact_json()) {
        let text = value.to_string();
        prop_assert_eq!(json_input::parse(&text).unwrap().to_string(), text);
    }

    #[test]
    fn a_whole_number_is_never_rounded_and_a_fraction_is_the_nearest_double(text in "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,25})?([eE][+-]?[0-9]{1,2})?") {
        // Minus nought is nought, however it is written.
        prop_assume!(text != "-0");
        if let Ok(Value::Number(number)) = json_input::parse(&text) {
            let whole = !text.contains(['.', 'e', 'E']);
            if whole {
                prop_assert_eq!(number.to_string(), text);
            } else {
                prop_assert_eq!(number.as_f64(), text.parse::<f64>().ok());
            }
        }
    }

    #[test]
    fn a_domain_reaches_the_request_as_written(domain in domain(), by_context in any::<bool>()) {
        let mut text = serde_json::json!({ "action": "search_read", "model": "res.partner", "domain": domain });
        if by_context {
            text["context"] = serde_json::json!({ "active_test": false });
        }
        let job = spec::parse(&text.to_string()).unwrap();
        let Request::SearchRead(request) = job.request else { panic!("another request") };
        let body = request.operation(vec!["name".into()]).unwrap().kwargs;
        prop_assert_eq!(body["domain"].to_string(), domain.to_string());
    }

    #[test]
    fn no_spec_makes_it_panic_and_every_refusal_is_one(text in "\\PC{0,80}", value in exact_json()) {
        for text in [text, value.to_string()] {
            if let Err(error) = spec::parse(&text) {
                prop_assert_eq!(odoo_agent::inside::code_of(error.code), 2);
            }
        }
    }

    #[test]
    fn an_env_file_gives_back_what_was_written(
        values in prop::collection::btree_map("[A-Z_][A-Z0-9_]{0,8}", "[^\\s'\"\\x00\u{85}\u{2028}\u{2029}]([^\\r\\n\\x00'\"]{0,40}[^\\s'\"\\x00\u{85}])?", 0..6),
        noise in prop::collection::vec(prop::sample::select(vec!["", "# A=1", "   ", "#"]), 0..4),
        export in any::<bool>(),
        ending in prop::sample::select(vec!["\n", "\r\n"]),
    ) {
        let mut lines: Vec<String> = noise.iter().map(|line| line.to_string()).collect();
        for (name, value) in &values {
            prop_assume!(value.trim() == value);
            lines.push(format!("{}{name}={value}", if export { "export " } else { "" }));
            lines.extend(noise.iter().map(|line| line.to_string()));
        }
        let read = env_file::parse(&lines.join(ending)).unwrap();
        let read: Vec<(String, String)> = read.into_iter().map(|(name, value)| (name, value.value.to_string())).collect();
        let must: Vec<(String, String)> = values.into_iter().collect();
        prop_assert_eq!(read, must);
    }

    #[test]
    fn a_refused_env_file_is_not_repeated(secret in "[a-f0-9]{40}", line in "[ =#'\"A-Z0-9-]{0,10}") {
        for text in [format!("{line}{secret}"), format!("{secret}{line}"), format!("K={secret}\nK={secret}"), format!("{line}\0{secret}")] {
            if let Err((_, why)) = env_file::parse(&text) {
                prop_assert!(!why.to_string().contains(&secret[..8]), "{}", why);
            }
        }
    }

    #[test]
    fn a_base_url_read_again_is_the_same(text in "(https?|HTTP)://[a-zA-Z0-9.-]{1,12}(:[0-9]{1,5})?(/[a-z]{0,4}){0,3}") {
        if let Ok(url) = BaseUrl::parse(&text) {
            let again = BaseUrl::parse(&url.text()).unwrap();
            prop_assert_eq!(&again, &url);
            prop_assert!(url.join("/json/2/a/b").starts_with(url.origin()));
            prop_assert!(!url.text().ends_with('/'));
        }
    }

    #[test]
    fn no_base_url_makes_it_panic_or_smuggles_somebody_in(text in "(https://)?\\PC{0,30}") {
        if let Ok(url) = BaseUrl::parse(&text) {
            prop_assert!(!url.text().contains(['@', '?', '#', ' ']), "{}", url.text());
        }
    }

    #[test]
    fn the_digest_sees_every_change_and_no_order(
        ids in prop::collection::vec(1..50_i64, 1..6),
        kwargs in prop::collection::btree_map("[a-d]{1,2}", exact_json(), 1..5),
        other in exact_json(),
    ) {
        let of = |ids: Vec<i64>, kwargs: Object| Operation::new("a.b", "c", kwargs).unwrap().on(ids).digest();
        let forward: Object = kwargs.clone().into_iter().collect();
        let backward: Object = kwargs.clone().into_iter().rev().collect();
        let reversed: Vec<i64> = ids.iter().rev().copied().collect();
        prop_assert_eq!(of(ids.clone(), forward.clone()), of(reversed, backward));
        let (name, value) = kwargs.into_iter().next().unwrap();
        let mut changed = forward.clone();
        changed.insert(name, other.clone());
        prop_assert_eq!(of(ids.clone(), forward) == of(ids, changed), canonical(&value) == canonical(&other));
    }

    #[test]
    fn what_is_shown_acts_on_no_terminal(text in "[\\x00-\\x9f\u{200e}\u{200f}\u{202a}-\u{202e}\u{2066}-\u{2069}\u{2028}北a]{0,20}") {
        let shown = sanitize::for_terminal(&text);
        let acts = |c: char| (c.is_control() && !matches!(c, '\n' | '\t')) || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        prop_assert!(!shown.contains(acts), "{:?}", shown);
    }
}

proptest! {
    #![proptest_config(settled(96))]

    #[test]
    fn one_answer_is_never_found_under_another_question(asked in owner_and_rest(), other in owner_and_rest(), body in "\\PC{0,20}") {
        let home = tempfile::tempdir().unwrap();
        let cache = Cache::new(home.path(), std::sync::Arc::new(odoo_agent::System));
        with_key(&asked, |key| cache.store(key, &body, None, "").unwrap());
        let found = with_key(&other, |key| matches!(cache.find(key, DAY), Found::Fresh(_)));
        prop_assert_eq!(found, asked == other);
        let found = with_key(&asked, |key| match cache.find(key, DAY) {
            Found::Fresh(entry) => Some(entry.body),
            _ => None,
        });
        prop_assert_eq!(found, Some(body));
    }
}
