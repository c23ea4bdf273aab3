//! Tables of every text at every width.

use super::*;
use proptest::prelude::*;
use serde_json::{Value, json};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

fn drawn(value: &Value, width: Option<usize>) -> String {
    let text = value.to_string();
    let list: Vec<&serde_json::value::RawValue> = serde_json::from_str(&text).unwrap();
    let members: Vec<Row> = list.iter().map(|row| Members::of(row.get()).unwrap()).collect();
    let known = Columns {
        kind: &|_| CellType::Unknown,
        name: &|_, _| None,
        keys: &[],
        cut_first: None,
        shown: None,
        twin: None,
    };
    rows(&members, &known, Style { width, colour: false, utc: true, most: usize::MAX }).unwrap().text
}

#[test]
fn the_widest_columns_give_first_and_the_id_never() {
    let rows = json!([
        { "id": 123456789, "name": "a name of some length", "note": "n".repeat(60), "n": 5 },
        { "id": 1, "name": "short", "note": "", "n": 12.5 },
    ]);
    // 50 less three gaps, id and n leaves 31 for the two texts: the name is not cut under 20 for the other's sake.
    let narrow = [
        "       id  name                  note            n",
        "123456789  a name of some leng…  nnnnnnnnnn…     5",
        "        1  short                              12.5",
    ];
    assert_eq!(drawn(&rows, Some(50)).lines().collect::<Vec<_>>(), narrow);
    let wide = drawn(&rows, None);
    assert!(wide.contains("a name of some length") && wide.contains(&"n".repeat(60)));
}

#[test]
fn what_does_not_fit_side_by_side_is_shown_in_blocks() {
    let rows = json!([
        { "id": 1, "first": "one two three four", "second": "2026-03-01 10:00:00", "third": [7, "Ann"] },
        { "id": 2, "first": "x", "second": false, "third": false },
    ]);
    let blocks = [
        "id      1",
        "first   one two three",
        "        four",
        "second  2026-03-01",
        "        10:00:00Z",
        "third   Ann",
        "",
        "id      2",
        "first   x",
        "second",
        "third",
    ];
    assert_eq!(drawn(&rows, Some(22)).lines().collect::<Vec<_>>(), blocks);
}

/// Every text: words, wide and joined characters, right to left, marks, controls.
fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "\\PC{0,12}",
        "[a-z ]{0,40}",
        Just("北京木业有限公司".to_string()),
        Just("👩\u{200d}👩\u{200d}👧\u{200d}👦🏳\u{fe0f}\u{200d}🌈🇧🇪".to_string()),
        Just("שלום עולם العربية".to_string()),
        Just("e\u{301}\u{302}\u{303} क्षि ᄀᄀᄀ각".to_string()),
        Just("\u{1b}[31m\u{202e}\u{2067}\u{7}\r\n\u{9b}\u{200b}".to_string()),
        any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat())
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any_text().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
        (any::<u32>(), any_text()).prop_map(|(id, name)| json!([id, name])),
        prop::collection::vec(any::<u32>(), 0..9).prop_map(Value::from),
        any_text().prop_map(|text| json!({ "key": text })),
        Just(json!("2026-03-01 10:00:00")),
    ]
}

fn columns_of(line: &str) -> usize {
    line.graphemes(true).map(UnicodeWidthStr::width).sum()
}

proptest! {
    #[test]
    fn no_line_is_wider_than_the_terminal_and_nothing_acts_on_it(
        names in prop::collection::vec(prop_oneof!["[a-z_]{1,24}".boxed(), any_text().boxed()], 1..9),
        values in prop::collection::vec(prop::collection::vec(any_value(), 9), 1..4),
        width in 20_usize..160,
    ) {
        let rows: Vec<Value> = values
            .iter()
            .map(|row| Value::Object(names.iter().cloned().zip(row.iter().cloned()).collect()))
            .collect();
        let text = drawn(&json!(rows), Some(width));
        for line in text.split_inclusive('\n') {
            let line = line.strip_suffix('\n').unwrap();
            prop_assert!(columns_of(line) <= width, "{} of {width}: {line:?}", columns_of(line));
            // Our own isolates come in pairs, never nested, and nothing else of the kind is there.
            let mut open = false;
            for character in line.chars() {
                match character {
                    '\u{2068}' => { prop_assert!(!open); open = true; }
                    '\u{2069}' => { prop_assert!(open); open = false; }
                    other => prop_assert!(
                        !other.is_control() && !matches!(other, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}'),
                        "{other:?} in {line:?}"
                    ),
                }
            }
            prop_assert!(!open);
        }
        prop_assert!(!text.is_empty());
    }
}
