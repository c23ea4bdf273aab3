//! Records that go with a command: emptying or replacing a one2many deletes its lines, or takes them off, as
//! `unlink` would, so the same limit holds. How many lines there are is asked only where a command empties.

use serde_json::Value;

use super::records::MOST_DELETED;
use super::written::{self, Written};
use super::{Check, refused};
use crate::error::Result;
use crate::hint::Hint;
use crate::operation::{Object, Operation};

/// Counts what the commands of a write take away.
pub fn check(check: &Check, operation: &mut Operation) -> Result<()> {
    let mut gone: Vec<(String, String, usize)> = Vec::new();
    written::walk(check, operation, &mut |at, vals| {
        gone.extend(of_values(check, at, vals));
        Ok(())
    })?;
    let count: usize = gone.iter().map(|(_, _, count)| count).sum();
    let Some((place, relation, _)) = gone.first() else { return Ok(()) };
    let allowed = check.rules.max_records.map_or(MOST_DELETED, |most| most as usize);
    let records = if count == 1 { "1 record".to_string() } else { format!("{count} records") };
    if count > allowed {
        return Err(refused(format!(
            "{place}: this takes {records} of {relation} away, lines that belong to one record are deleted with it; {allowed} are allowed: say so if that is meant"
        ))
        .with_hint(Hint::default().with("max_records", count).text(" allows it"))
        .with_hint("[[4, id, 0]] and [[0, 0, {values}]] add to what is there and delete nothing"));
    }
    check.note(format!(
        "{place}: takes {records} of {relation} away: lines that belong to one record are deleted with it"
    ));
    Ok(())
}

/// What one object of values takes away: place, model, how many.
fn of_values(check: &Check, at: &Written, vals: &Object) -> Vec<(String, String, usize)> {
    if at.ids.is_empty() {
        return Vec::new();
    }
    let Some(schema) = check.schemas.known(at.model) else { return Vec::new() };
    let mut gone = Vec::new();
    for (name, value) in vals {
        let Some(field) = schema.field(name).filter(|field| field["type"] == "one2many") else { continue };
        if check.is_forced(name) {
            continue;
        }
        let relation = field["relation"].as_str().unwrap_or_default();
        let deleted = deleted(value);
        let replaced = match kept(value) {
            Some(kept) => {
                let rows = written::read(check, at.model, at.ids, &[name]).unwrap_or_default();
                let there = rows.iter().filter_map(|row| row[name.as_str()].as_array()).flatten();
                there.filter(|id| id.as_i64().is_none_or(|id| !kept.contains(&id))).count()
            }
            None => deleted,
        };
        if replaced > 0 {
            gone.push((format!("{}.{name}", at.place), relation.to_string(), replaced));
        }
    }
    gone
}

/// How many a list of commands deletes or takes off by name.
fn deleted(value: &Value) -> usize {
    let commands = value.as_array().into_iter().flatten();
    commands.filter(|command| matches!(command.get(0).and_then(Value::as_i64), Some(2 | 3))).count()
}

/// What stays of the lines that are there, if the value replaces them: the ids that it names.
fn kept(value: &Value) -> Option<Vec<i64>> {
    let items = match value {
        Value::Null | Value::Bool(false) => return Some(Vec::new()),
        Value::Array(items) => items,
        _ => return None,
    };
    if !items.is_empty() && items.iter().all(Value::is_number) {
        return Some(items.iter().filter_map(Value::as_i64).collect());
    }
    let code = |command: &Value| command.get(0).and_then(Value::as_i64);
    if !items.iter().any(|command| matches!(code(command), Some(5 | 6))) {
        return None;
    }
    // Those that a later command names again stay, as far as they are not deleted.
    let mut kept = Vec::new();
    for command in items {
        match code(command) {
            Some(5) => kept.clear(),
            Some(6) => {
                kept = command
                    .get(2)
                    .and_then(Value::as_array)
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_i64)
                    .collect();
            }
            Some(1 | 4) => kept.extend(command.get(1).and_then(Value::as_i64)),
            Some(2 | 3) => kept.retain(|id| command.get(1).and_then(Value::as_i64) != Some(*id)),
            _ => {}
        }
    }
    Some(kept)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_replaces_is_told_from_what_adds() {
        assert_eq!(kept(&json!([[5, 0, 0]])), Some(vec![]));
        assert_eq!(kept(&json!([[6, 0, [1, 2]]])), Some(vec![1, 2]));
        assert_eq!(kept(&json!([[5, 0, 0], [4, 7, 0], [0, 0, {}]])), Some(vec![7]));
        assert_eq!(kept(&json!([3, 4])), Some(vec![3, 4]));
        assert_eq!(kept(&json!(false)), Some(vec![]));
        for adds in
            [json!([[4, 1, 0]]), json!([[0, 0, {}]]), json!([[1, 2, {}]]), json!([]), json!([[2, 9, 0]])]
        {
            assert_eq!(kept(&adds), None, "{adds}");
        }
        assert_eq!(deleted(&json!([[2, 9, 0], [3, 8, 0], [4, 1, 0]])), 2);
    }
}
