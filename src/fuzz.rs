//! What is fuzzed: each function takes any bytes, and panics where a promise of the program does not hold. The targets
//! in `fuzz/` call them; a unit test runs each over its corpus and over bytes made from it, so that what was found
//! once stays found. It is in no build but those two.

use std::io::sink;
use std::rc::Rc;

use crate::cli::globals::Look;
use crate::cli::out::Out;
use crate::cli::render::format::Format;
use crate::cli::results::Results;
use crate::cli::screen;
use crate::context;
use crate::error::Effect;
use crate::host::Question;
use crate::json_input;
use crate::operation::Access;
use crate::outcome::Layout;
use crate::protocol::faults::{self, Asked};
use crate::secret::{Secret, Veil};
use crate::settings::{Environment, env_file as profile};
use crate::spec;
use crate::text::{json, sanitize};
use crate::transport::HttpReply;

/// A reply to a write or a read: two bytes of status, then the body.
pub fn reply(bytes: &[u8]) {
    let Some((head, body)) = bytes.split_at_checked(2) else { return };
    let status = 100 + u16::from_be_bytes([head[0], head[1]]) % 500;
    let reply = HttpReply { status, headers: Vec::new(), body: body.to_vec() };
    for access in [Access::Read, Access::Write] {
        let asked = Asked {
            what: "m/f",
            access,
            database: "d",
            origin: "https://o",
            way: crate::protocol::Way::Json2,
        };
        let error = faults::of_reply(&reply, asked);
        assert_ne!(error.effect, Effect::NotSent, "it was answered");
        let says_rejected = access == Access::Write && error.effect == Effect::Rejected;
        let no_database = ["X-Odoo-Database", "No database is selected"];
        let is_its_page = no_database.iter().any(|part| String::from_utf8_lossy(body).contains(part));
        if says_rejected && !(status == 404 && is_its_page) {
            let body: serde_json::Value =
                serde_json::from_slice(body).expect("only a whole error proves anything");
            assert!(
                body["name"].as_str().is_some_and(|name| name.contains('.')) && body["arguments"].is_array()
            );
        }
        let shown = crate::cli::render::errors::text(&error, true, false);
        assert_eq!(shown, sanitize::for_terminal(&shown), "it acts on no terminal");
    }
}

/// A spec.
pub fn a_spec(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = spec::parse(text);
        if let Ok(value) = json_input::parse(text) {
            assert!(json_input::parse(&value.to_string()).is_ok(), "what was read can be written");
            if let Some(object) = value.as_object() {
                let _ = context::check(object, &[]);
            }
        }
    }
}

/// A profile file.
pub fn env_file(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = profile::parse(text);
    }
}

/// A result in every form.
pub fn forms(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if serde_json::from_str::<&serde_json::value::RawValue>(text).is_err() {
        return;
    }
    let tight = json::compact(text);
    assert_eq!(json::compact(&json::pretty(text)), tight);
    let most = text.len() * 3 + 1000;
    assert!(json::pretty_within(text, most).is_none_or(|pretty| pretty.len() <= most + text.len() + 200));
    let environment = Environment::from_pairs([("COLUMNS".into(), "40".into())]);
    for is_terminal in [false, true] {
        for form in [Format::Json, Format::Pretty, Format::Ndjson, Format::Table, Format::Csv] {
            let out = Rc::new(Out::new(Box::new(sink()), Box::new(sink()), is_terminal, is_terminal));
            let look = Look { output: Some(form), ..Look::default() };
            let printed =
                Results::new(&out, &look, &environment).print(text, Effect::Done, &Layout::records());
            assert!(printed.is_ok(), "every form shows every result");
        }
    }
}

/// What a person sees before they approve.
pub fn approval(bytes: &[u8]) {
    let Some((head, rest)) = bytes.split_at_checked(2) else { return };
    let text = String::from_utf8_lossy(rest).into_owned();
    let (columns, rows) = (24 + usize::from(head[0]), 10 + usize::from(head[1]) % 60);
    let question = Question {
        place: "database d at https://o".into(),
        model: "res.partner".into(),
        method: "message_post".into(),
        agent: Some(text.clone()),
        texts: vec![("What the agent says that it will send:", text.clone())],
        count: 3,
        records: vec![text.clone(); 3],
        recipients: vec![(text.clone(), text.clone()), ("A".into(), "a@b.example".into())],
        and_others: true,
        is_bound: false,
        is_sent_here: false,
        because: None,
    };
    let screen = screen::drawn(&question, columns, rows);
    assert_eq!(screen, sanitize::for_terminal(&screen));
    let lines: Vec<&str> = screen.lines().collect();
    let own = |begins: &str| lines.iter().filter(|line| line.starts_with(begins)).count();
    for begins in ["Method:", "Model:", "Records:", "Reaches:", "Text:"] {
        assert_eq!(own(begins), 1, "{begins}");
    }
    let last = lines[lines.len().saturating_sub(rows - 2)..].join("\n");
    assert!(last.contains("Method:") && last.contains("Records:") && last.contains("Text:"), "{last}");
}

/// A secret in whatever is said: its length, itself, the rest.
pub fn veil(bytes: &[u8]) {
    let Some((length, rest)) = bytes.split_first() else { return };
    let Some((secret, text)) = rest.split_at_checked(usize::from(*length).max(16)) else { return };
    let Ok(secret) = std::str::from_utf8(secret) else { return };
    let veil = Veil::default();
    veil.keep(&Secret::new(secret.into()));
    let clean = veil.without_secrets(text);
    let found = |text: &[u8]| text.windows(secret.len()).any(|window| window == secret.as_bytes());
    let is_plain = secret.chars().all(|c| c.is_ascii_alphanumeric());
    assert!(
        !is_plain
            || secret.bytes().all(|byte| byte.is_ascii_digit())
            || "(redacted)".contains(secret)
            || !found(&clean)
            || clean.windows(10).any(|window| window == b"(redacted)")
    );
}

/// What is fed with bytes.
pub type Target = fn(&[u8]);

/// Every target by its name.
pub const TARGETS: [(&str, Target); 6] = [
    ("reply", reply),
    ("spec", a_spec),
    ("env_file", env_file),
    ("forms", forms),
    ("approval", approval),
    ("veil", veil),
];

#[cfg(test)]
mod tests {
    use super::TARGETS;

    /// Numbers by a rule, so that a failure can be had again.
    struct Numbers(u64);

    impl Numbers {
        fn below(&mut self, most: usize) -> usize {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) as usize % most.max(1)
        }
    }

    #[test]
    fn the_corpora_and_what_comes_of_them_keep_every_promise() {
        let tries = std::env::var("ODOO_AGENT_FUZZ").ok().and_then(|tries| tries.parse().ok()).unwrap_or(60);
        for (name, target) in TARGETS {
            let directory = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
            let mut seeds: Vec<Vec<u8>> = std::fs::read_dir(&directory)
                .unwrap_or_else(|_| panic!("{} is missing", directory.display()))
                .map(|found| std::fs::read(found.unwrap().path()).unwrap())
                .collect();
            seeds.sort();
            assert!(!seeds.is_empty(), "{name} has no corpus");
            let mut numbers = Numbers(7);
            for seed in &seeds {
                target(seed);
                for _ in 0..tries {
                    let mut bytes = seed.clone();
                    for _ in 0..=numbers.below(4) {
                        let at = numbers.below(bytes.len() + 1);
                        match numbers.below(5) {
                            0 => bytes.insert(at.min(bytes.len()), numbers.below(256) as u8),
                            1 if at < bytes.len() => drop(bytes.remove(at)),
                            2 if at < bytes.len() => bytes[at] = numbers.below(256) as u8,
                            3 => {
                                let other = &seeds[numbers.below(seeds.len())];
                                let from = numbers.below(other.len());
                                bytes.splice(at..at, other[from..].iter().take(40).copied());
                            }
                            _ => bytes.truncate(at.max(1)),
                        }
                    }
                    target(&bytes);
                }
            }
        }
    }
}
