//! What is read strictly, and passes through unchanged.

use serde_json::Value;

use super::*;
use proptest::prelude::*;

#[test]
fn duplicates_and_inexact_numbers_are_refused_with_their_place() {
    assert!(parse(r#"{"a":1,"a":2}"#).unwrap_err().contains("\"a\" stands twice at line 1 column"));
    assert!(parse("[1,]").unwrap_err().contains("line 1 column 4"));
    assert!(parse("").is_err());
    assert_eq!(parse("\u{feff}[9007199254740993, 0.1]").unwrap().to_string(), "[9007199254740993,0.1]");
}

#[test]
fn a_number_keeps_the_digits_that_came() {
    for text in
        ["18446744073709551616", "-123456789012345678901234", "9007199254740993.0", "1.10", "0.1", "-0.0"]
    {
        assert_eq!(parse(text).unwrap().to_string(), text);
        assert_eq!(parse(&format!("[{{\"a\":{text}}}]")).unwrap().to_string(), format!("[{{\"a\":{text}}}]"));
    }
    assert_eq!(parse("[5.0, 1e1]").map(|ids| super::ids(ids, "ids").unwrap()).unwrap(), [5, 10]);
    assert!(parse("[1e999]").unwrap_err().contains("larger than any"));
}

#[test]
fn half_a_character_is_named_with_its_place() {
    let told = parse("[\n  \"a\", \"b\\ud83d c\"]").unwrap_err();
    assert!(told.contains("\\ud83d") && told.contains("line 2 column 10"), "{told}");
    assert_eq!(parse(r#""\ud83d\ude00 \\ud83d""#).unwrap(), "😀 \\ud83d");
}

#[test]
fn errors_do_not_repeat_the_text() {
    assert!(!parse("hunter2").unwrap_err().contains("hunter2"));
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e15..1e15).prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map("\\PC{0,6}", inner, 0..6)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn json_passes_through_unchanged(value in any_json()) {
        prop_assert_eq!(parse(&value.to_string()).unwrap(), value);
    }
}
