//! Whether a form of a result can be kept within what the result itself warrants: four times its size and 50 MB
//! altogether. A reply of a hundred kilobytes can name so many columns, or be so deep, that a table of it fills any
//! memory; it leaves as JSON then, as it came. It draws nothing.

use super::super::render::format::Format;

/// Bytes that a form may take beside the result and what holds it.
pub fn most(result: &str) -> usize {
    result.len().saturating_mul(2).saturating_add(40 * 1024 * 1024)
}

/// What holds one value of a table while it is drawn: its name and place in its row, and its cell.
const HELD: usize = 200;
/// One value of a list that is written a line each.
const LISTED: usize = 16;

/// Whether there is a chance to keep a form, as far as the number of values tells.
pub fn fits(form: Format, result: &str) -> bool {
    let each = match form {
        Format::Json | Format::Pretty => return true,
        Format::Table => HELD,
        Format::Csv | Format::Ndjson => LISTED,
    };
    // Where there are few bytes there are few values, and they need not be counted.
    result.len().saturating_mul(each) / 2 <= most(result)
        || values(result).saturating_mul(each) <= most(result)
}

/// Values in a text of JSON, lists and objects included.
fn values(json: &str) -> usize {
    let (mut count, mut in_string, mut is_escaped) = (1, false, false);
    for byte in json.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = in_string,
            b'"' => in_string = !in_string,
            b',' | b'[' | b'{' if !in_string => count += 1,
            _ => {}
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_counted_outside_of_texts() {
        assert_eq!(values(r#"[{"a,[{\"": 1, "b": [2, 3]}]"#), 6);
        assert_eq!(values("1"), 1);
    }

    #[test]
    fn what_people_look_at_fits_and_what_fills_the_memory_does_not() {
        let row =
            r#"{"id": 123456, "name": "A name as they are", "email": "a.b@example.com", "amount": 12.50},"#;
        for form in [Format::Table, Format::Csv, Format::Ndjson] {
            assert!(fits(form, &format!("[{}1]", row.repeat(40_000))), "{form:?}");
        }
        let dense = format!("[{}1]", "1,".repeat(20_000_000));
        for form in [Format::Table, Format::Csv, Format::Ndjson] {
            assert!(!fits(form, &dense), "{form:?}");
        }
        assert!(fits(Format::Json, &dense));
    }
}
