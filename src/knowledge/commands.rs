//! How a field that lists records is written: commands by number, plain ids, or nothing at all. Whoever wants to know
//! what becomes of a list reads it here, as Odoo does.

use serde_json::{Map, Value};

/// One thing that is done with a list. What names a record may name one that is not there yet: none then.
#[derive(Clone, Debug, PartialEq)]
pub enum Command<'v> {
    /// `[0, 0, {…}]` makes a record.
    Create(Option<&'v Map<String, Value>>),
    /// `[1, id, {…}]` changes one.
    Update(Option<i64>, Option<&'v Map<String, Value>>),
    /// `[2, id]` deletes one.
    Delete(Option<i64>),
    /// `[3, id]` takes one off.
    Unlink(Option<i64>),
    /// `[4, id]` adds one.
    Link(Option<i64>),
    /// `[5]` takes all off.
    Clear,
    /// `[6, 0, [id, …]]` puts these in the place of all.
    Set(Vec<i64>),
}

/// One command, if it is one: to Odoo `true` is 1 and `false` is 0, and values alone are a new record.
pub fn read(command: &Value) -> Option<Command<'_>> {
    let parts = match command {
        Value::Object(values) => return Some(Command::Create(Some(values))),
        Value::Array(parts) => parts,
        _ => return None,
    };
    let code = match parts.first()? {
        Value::Bool(code) => f64::from(u8::from(*code)),
        code => code.as_f64()?,
    };
    let code = (0..=6_u8).find(|known| f64::from(*known) == code)?;
    if parts.len() < 2 && code != 5 {
        return None;
    }
    let id = parts.get(1).and_then(number);
    let values = parts.get(2).and_then(Value::as_object);
    Some(match code {
        0 => Command::Create(values),
        1 => Command::Update(id, values),
        2 => Command::Delete(id),
        3 => Command::Unlink(id),
        4 => Command::Link(id),
        5 => Command::Clear,
        _ => Command::Set(ids(parts.get(2))),
    })
}

/// Everything that a value does to a list: `false` and `null` empty it, plain ids take the place of what was there.
/// Nothing, where it is no value of a list.
pub fn all(value: &Value) -> Vec<Command<'_>> {
    match value {
        Value::Null | Value::Bool(false) => vec![Command::Clear],
        Value::Array(items) => match items.first() {
            None => Vec::new(),
            // `[7, "Azure"]` is one record, as it is read.
            Some(Value::Number(_) | Value::Bool(_)) if items.iter().all(|item| number(item).is_some()) => {
                vec![Command::Set(ids(Some(value)))]
            }
            _ => items.iter().filter_map(read).collect(),
        },
        _ => Vec::new(),
    }
}

fn ids(value: Option<&Value>) -> Vec<i64> {
    value.and_then(Value::as_array).into_iter().flatten().filter_map(number).collect()
}

fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Bool(is_one) => Some(i64::from(*is_one)),
        value => value.as_i64().or_else(|| {
            let number = value.as_f64().filter(|number| number.fract() == 0.0 && number.abs() < 1e15)?;
            #[allow(clippy::cast_possible_truncation, reason = "it is whole, and small enough")]
            Some(number as i64)
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_list_is_read_as_odoo_reads_it() {
        let values = json!({ "name": "x" });
        let values = values.as_object();
        for (written, does) in [
            (json!(false), vec![Command::Clear]),
            (json!(null), vec![Command::Clear]),
            (json!([]), vec![]),
            (json!([7, 8]), vec![Command::Set(vec![7, 8])]),
            (json!([[6, 0, [7]]]), vec![Command::Set(vec![7])]),
            (json!([[5]]), vec![Command::Clear]),
            (json!([[0, 0, { "name": "x" }]]), vec![Command::Create(values)]),
            (json!([[false, 0, { "name": "x" }]]), vec![Command::Create(values)]),
            (json!([[true, 3, { "name": "x" }]]), vec![Command::Update(Some(3), values)]),
            (json!([[1.0, 3.0, { "name": "x" }]]), vec![Command::Update(Some(3), values)]),
            (json!([{ "name": "x" }]), vec![Command::Create(values)]),
            (
                json!([[2, 9, 0], [3, 8], [4, "new"]]),
                vec![Command::Delete(Some(9)), Command::Unlink(Some(8)), Command::Link(None)],
            ),
            // What is no list's value.
            (json!([7, "Azure"]), vec![]),
            (json!(["a", "b"]), vec![]),
            (json!("x"), vec![]),
            (json!(true), vec![]),
            (json!([[7, 1], [2]]), vec![]),
        ] {
            assert_eq!(all(&written), does, "{written}");
        }
    }
}
