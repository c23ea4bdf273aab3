//! Whether a field holds what was written to it, in one of two senses. `exactly`: one value in whatever form, a record
//! as its id, a list as what its commands make of it. `same`: or what Odoo may have made of it, which rounds numbers and
//! cleans HTML; somebody else may have done that as well, so it proves nothing where others were at work.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::journal::{chain, kept};
use crate::odoo::schema::Kind;
use crate::text::html;

/// What a field of a row holds; none where the row was told without it, for it does not leave Odoo.
pub fn shown<'r>(row: &'r Value, field: &str) -> Option<&'r Value> {
    row.get(field)
}

/// Whether a field holds now what was written, or what Odoo may have made of it; `before` is what it held until then.
pub fn holds(field: &Kind, written: &Value, before: Option<&Value>, now: &Value) -> bool {
    if field.is_list() { list_holds(written, before, now) } else { same(field, written, now) }
}

/// Whether a field holds now what was written, and nothing that is like it.
pub fn holds_exactly(field: &Kind, written: &Value, before: Option<&Value>, now: &Value) -> bool {
    if field.is_list() { list_holds(written, before, now) } else { exactly(field, written, now) }
}

/// Whether two values of a field are the same for Odoo, which may have made one of the other.
pub fn same(field: &Kind, left: &Value, right: &Value) -> bool {
    if exactly(field, left, right) {
        return true;
    }
    if is_empty(left) || is_empty(right) || field.name == "boolean" {
        return false;
    }
    match (number(left), number(right)) {
        (Some(left), Some(right)) => is_rounded(left, right) || is_rounded(right, left),
        _ => field.name == "html" && seen(left) == seen(right),
    }
}

/// Whether two values of a field are one value, in whatever form.
pub fn exactly(field: &Kind, left: &Value, right: &Value) -> bool {
    if field.name == "boolean" {
        return is_true(left) == is_true(right);
    }
    if is_empty(left) || is_empty(right) {
        // A number that is not there is nought.
        let is_nothing = |value: &Value| is_empty(value) || number(value) == Some(0.0);
        let is_number = matches!(field.name.as_str(), "integer" | "float" | "monetary");
        return if is_number {
            is_nothing(left) && is_nothing(right)
        } else {
            is_empty(left) && is_empty(right)
        };
    }
    if field.is_list() {
        return ids(left) == ids(right);
    }
    if let (Some(left), Some(right)) = (number(left), number(right)) {
        return near(left, right);
    }
    match field.name.as_str() {
        "many2one" | "many2one_reference" => record(left).is_some() && record(left) == record(right),
        "html" => wrapped(left) == wrapped(right),
        "date" | "datetime" => moment(left) == moment(right),
        "binary" => file(left) == file(right),
        "properties" => properties(left) == properties(right),
        _ if left.is_array() || right.is_array() => {
            record(left).is_some() && record(left) == record(right) || plain(left) == plain(right)
        }
        _ => plain(left) == plain(right),
    }
}

fn is_empty(value: &Value) -> bool {
    matches!(value, Value::Null | Value::Bool(false)) || value.as_str() == Some("")
}

fn is_true(value: &Value) -> bool {
    !is_empty(value) && number(value) != Some(0.0)
}

fn number(value: &Value) -> Option<f64> {
    value.as_f64().filter(|_| value.is_number())
}

fn near(left: f64, right: f64) -> bool {
    (left - right).abs() <= 1e-9 * left.abs().max(right.abs()).max(1.0)
}

/// Whether one number is another one rounded: to the digits of the field, which Odoo does not tell, and not to nought.
fn is_rounded(whole: f64, rounded: f64) -> bool {
    rounded != 0.0
        && (0..=6).any(|digits| {
            let power = 10_f64.powi(digits);
            near((whole * power).round() / power, rounded)
        })
}

/// The id of a record: a number, a pair of id and name, or an object that has one.
pub fn record(value: &Value) -> Option<i64> {
    value
        .as_i64()
        .or_else(|| value.get(0).and_then(Value::as_i64))
        .or_else(|| value.get("id").and_then(Value::as_i64))
}

/// HTML as it is kept: a text without marks is a paragraph.
fn wrapped(value: &Value) -> String {
    let text = value.as_str().unwrap_or_default();
    if text.contains('<') { text.to_string() } else { format!("<p>{text}</p>") }
}

fn seen(value: &Value) -> String {
    html::plain(value.as_str().unwrap_or_default())
}

fn moment(value: &Value) -> String {
    let text = value.as_str().unwrap_or_default().replace('T', " ");
    let text = text.trim_end_matches('Z').split('.').next().unwrap_or_default().to_string();
    text.strip_suffix(" 00:00:00").map(str::to_string).unwrap_or(text)
}

/// The digest of a file, wherever it is kept as one.
fn file(value: &Value) -> Option<String> {
    match value[kept::BINARY]["sha256"].as_str() {
        Some(digest) => Some(digest.to_string()),
        None => kept::decoded(value.as_str()?).map(|bytes| chain::digest(&bytes)),
    }
}

fn plain(value: &Value) -> String {
    crate::operation::canonical(value)
}

/// Names and values of properties, written as an object or as a list of definitions.
fn properties(value: &Value) -> Vec<(String, String)> {
    let listed = value.as_array().into_iter().flatten().filter_map(|one| {
        let value = one.get("value").filter(|value| !is_empty(value))?;
        Some((one["name"].as_str()?.to_string(), plain(value)))
    });
    let named = value.as_object().into_iter().flatten();
    let named = named.filter(|(_, value)| !is_empty(value)).map(|(name, value)| (name.clone(), plain(value)));
    let mut all: Vec<(String, String)> = listed.chain(named).collect();
    all.sort_unstable();
    all
}

/// Whether commands make or change lines, which ids and counts do not tell of.
pub fn makes_or_changes(field: &Kind, commands: &Value) -> bool {
    let may_be_list = field.is_list() || field.name.is_empty();
    let is_one = |command: &Value| matches!(command[0].as_i64(), Some(0 | 1)) && command[2].is_object();
    may_be_list && commands.as_array().into_iter().flatten().any(is_one)
}

/// The ids of a list.
pub fn ids(value: &Value) -> BTreeSet<i64> {
    value.as_array().into_iter().flatten().filter_map(record).collect()
}

/// The records that commands name.
pub fn named(commands: &Value) -> BTreeSet<i64> {
    let one = |command: &Value| match command[0].as_i64() {
        Some(1..=4) => command[1].as_i64().into_iter().collect(),
        Some(6) => ids(&command[2]),
        _ => BTreeSet::new(),
    };
    commands.as_array().into_iter().flatten().flat_map(one).collect()
}

/// What commands make of a list: the records that are known, and how many new ones there are.
pub fn after(before: &BTreeSet<i64>, commands: &Value) -> (BTreeSet<i64>, usize) {
    let mut there = before.clone();
    let mut made = 0;
    let items = commands.as_array().map(Vec::as_slice).unwrap_or_default();
    if !items.is_empty() && items.iter().all(Value::is_number) {
        return (ids(commands), 0);
    }
    if items.is_empty() {
        return if is_empty(commands) { (BTreeSet::new(), 0) } else { (there, 0) };
    }
    for command in items {
        let id = command[1].as_i64();
        match command[0].as_i64() {
            Some(0) => made += 1,
            Some(1 | 4) => there.extend(id),
            Some(2 | 3) => drop(id.map(|id| there.remove(&id))),
            Some(5) => there.clear(),
            Some(6) => there = ids(&command[2]),
            _ => {}
        }
    }
    (there, made)
}

fn list_holds(written: &Value, before: Option<&Value>, now: &Value) -> bool {
    let now = ids(now);
    let is_whole = |value: &Value| {
        let code = |command: &Value| command[0].as_i64();
        is_empty(value)
            || value.as_array().is_some_and(|items| {
                items.iter().all(Value::is_number) && !items.is_empty()
                    || items.first().is_some_and(|first| matches!(code(first), Some(5 | 6)))
            })
    };
    let Some(before) = before.map(ids).or_else(|| is_whole(written).then(BTreeSet::new)) else {
        return false;
    };
    let (there, made) = after(&before, written);
    there.is_subset(&now) && now.len() == there.len() + made
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn is(kind: &str, left: Value, right: Value) -> bool {
        same(&Kind { name: kind.into(), relation: String::new() }, &left, &right)
    }

    #[test]
    fn what_comes_back_in_another_form_is_the_same() {
        for (kind, left, right) in [
            ("char", json!(""), json!(false)),
            ("char", json!(null), json!(false)),
            ("boolean", json!(0), json!(false)),
            ("boolean", json!(1), json!(true)),
            ("integer", json!(false), json!(0)),
            ("float", json!(0.1), json!(0.1)),
            ("float", json!(1.23456), json!(1.23)),
            ("monetary", json!(10), json!(10.0)),
            ("many2one", json!(7), json!([7, "x"])),
            ("many2one", json!(7), json!(7)),
            ("", json!(7), json!([7, "x"])),
            ("html", json!("<p>a  &amp; b</p>"), json!("<p class=\"x\">a &amp; b</p>")),
            ("html", json!("plain"), json!("<p>plain</p>")),
            ("datetime", json!("2026-01-02"), json!("2026-01-02 00:00:00")),
            ("datetime", json!("2026-01-02T03:04:05Z"), json!("2026-01-02 03:04:05")),
            ("binary", json!({ "$binary": { "sha256": chain::digest(b"ABC"), "size": 3 } }), json!("QUJD")),
            (
                "properties",
                json!({ "a": 1, "b": false }),
                json!([{ "name": "a", "type": "x", "value": 1 }, { "name": "b", "value": false }]),
            ),
        ] {
            assert!(is(kind, left.clone(), right.clone()), "{kind}: {left} {right}");
        }
        for (kind, left, right) in [
            ("char", json!("a"), json!("A")),
            ("boolean", json!(true), json!(false)),
            ("float", json!(1.5), json!(1.6)),
            ("float", json!(0.004), json!(0.0)),
            ("many2one", json!(7), json!(8)),
            ("many2one", json!(7), json!(false)),
            ("html", json!("<p>a</p>"), json!("<p>b</p>")),
            ("datetime", json!("2026-01-02"), json!("2026-01-03 00:00:00")),
            ("binary", json!("QUJD"), json!("QUJE")),
        ] {
            assert!(!is(kind, left.clone(), right.clone()), "{kind}: {left} {right}");
        }
    }

    #[test]
    fn what_is_alike_is_not_the_same_value_in_another_form() {
        let is = |kind: &str, left: &Value, right: &Value| {
            exactly(&Kind { name: kind.into(), relation: String::new() }, left, right)
        };
        for (kind, left, right) in [
            ("float", json!(1.6), json!(2.0)),
            ("monetary", json!(1.23456), json!(1.23)),
            ("html", json!("<p>new text</p>"), json!("<p><b>new</b> text</p>")),
        ] {
            assert!(
                same(&Kind { name: kind.into(), relation: String::new() }, &left, &right),
                "{left} {right}"
            );
            assert!(!is(kind, &left, &right), "{kind}: {left} {right}");
        }
        for (kind, left, right) in [
            ("monetary", json!(10), json!(10.0)),
            ("float", json!(0.1 + 0.2), json!(0.3)),
            ("html", json!("plain"), json!("<p>plain</p>")),
            ("html", json!(""), json!(false)),
            ("many2one", json!(7), json!([7, "x"])),
            ("datetime", json!("2026-01-02T03:04:05Z"), json!("2026-01-02 03:04:05")),
        ] {
            assert!(is(kind, &left, &right), "{kind}: {left} {right}");
        }
    }

    #[test]
    fn a_list_is_what_its_commands_make_of_it() {
        let holds = |before: Value, written: Value, now: Value| {
            holds(&Kind { name: "many2many".into(), relation: String::new() }, &written, Some(&before), &now)
        };
        assert!(holds(json!([1, 2]), json!([[4, 3, 0]]), json!([1, 2, 3])));
        assert!(holds(json!([1, 2]), json!([[3, 1, 0]]), json!([2])));
        assert!(holds(json!([1, 2]), json!([[6, 0, [5]]]), json!([5])));
        assert!(holds(json!([1, 2]), json!([[0, 0, {}], [2, 2, 0]]), json!([1, 9])));
        assert!(holds(json!([1, 2]), json!([[5, 0, 0], [4, 7, 0]]), json!([7])));
        assert!(holds(json!([1]), json!([3, 4]), json!([4, 3])));
        assert!(holds(json!([1]), json!(false), json!([])));
        assert!(!holds(json!([1, 2]), json!([[4, 3, 0]]), json!([1, 2])));
        assert!(!holds(json!([1, 2]), json!([[3, 1, 0]]), json!([2, 4])));
        assert!(!holds(json!([1, 2]), json!([[0, 0, {}]]), json!([1, 2])));
        let list = Kind { name: "one2many".into(), relation: String::new() };
        for (commands, is_told) in [
            (json!([[0, 0, {}]]), true),
            (json!([[4, 1, 0], [1, 2, { "name": "a" }]]), true),
            (json!([[6, 0, [1]]]), false),
            (json!([1, 0]), false),
            (json!(false), false),
        ] {
            assert_eq!(makes_or_changes(&list, &commands), is_told, "{commands}");
        }
    }
}
