//! The call that goes on where rows were left out of an answer: the same call, after those that were shown.

use serde_json::{Value, json};

use super::answers::Called;
use super::fit::Cut;
use crate::knowledge::methods;
use crate::operation::Object;

impl Called<'_> {
    /// Whether the caller wanted no more rows than are here: nothing goes on after their own limit.
    pub fn is_all_that_was_asked(&self, cut: &Cut) -> bool {
        limit(self.arguments).is_some_and(|limit| cut.shown as u64 >= limit)
    }

    /// The call that goes on after the rows that are shown.
    pub fn next(&self, cut: &Cut, value: &Value) -> Option<Value> {
        let mut arguments = self.arguments.clone();
        let has = |key: &str| self.verb.argument(key).is_some();
        let rows = value.as_array();
        let ids: Vec<i64> = rows.into_iter().flatten().filter_map(|row| row["id"].as_i64()).collect();
        if has("after") && arguments.get("all") == Some(&Value::Bool(true)) {
            let last = ids.last()?;
            less(&mut arguments, cut.shown);
            arguments.insert("after".into(), json!(last));
        } else if has("offset") {
            on(&mut arguments, cut.shown);
        } else if let Some(Value::Object(data)) = arguments.get_mut("data") {
            let (model, method) =
                (self.arguments.get("model")?.as_str()?, self.arguments.get("method")?.as_str()?);
            let takes = methods::of(model, method)?;
            takes.arguments.iter().find(|argument| argument.name == "offset")?;
            on(data, cut.shown);
        } else if has("ids") && has("fields") {
            let asked: Vec<i64> =
                arguments.get("ids")?.as_array()?.iter().filter_map(Value::as_i64).collect();
            let last = asked.iter().position(|id| ids.last() == Some(id))?;
            arguments.insert("ids".into(), json!(asked.get(last + 1..)?));
        } else {
            return None;
        }
        Some(self.speech.naming.next(self.verb.name, arguments))
    }
}

/// The same search after so many rows.
fn on(arguments: &mut Object, shown: usize) {
    let from = arguments.get("offset").and_then(Value::as_u64).unwrap_or(0);
    arguments.insert("offset".into(), json!(from.saturating_add(shown as u64)));
    less(arguments, shown);
}

/// How many rows the caller wants at most.
fn limit(arguments: &Object) -> Option<u64> {
    arguments.get("limit").and_then(Value::as_u64).filter(|limit| *limit > 0)
}

/// A limit, less what was shown.
fn less(arguments: &mut Object, shown: usize) {
    if let Some(limit) = limit(arguments) {
        arguments.insert("limit".into(), json!(limit.saturating_sub(shown as u64).max(1)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_that_no_number_follows_stays_one() {
        let mut arguments = json!({ "offset": u64::MAX }).as_object().unwrap().clone();
        on(&mut arguments, 3);
        assert_eq!(arguments["offset"], u64::MAX);
    }
}
