//! The call that goes on where rows were left out of an answer: the same call, after those that were shown.

use serde_json::{Value, json};

use super::answers::Called;
use super::fit::{Cut, size_within};
use super::paging;
use crate::actions;
use crate::knowledge::methods;
use crate::operation::Object;

/// Longer than what is added to the arguments.
const DIGITS: usize = 60;

/// How it goes on.
#[derive(Clone, Debug, PartialEq)]
pub enum GoingOn {
    /// By this call.
    Call(Value),
    /// By a call that is too long to be said back.
    Words(String),
}

impl Called<'_> {
    /// Whether the caller wanted no more rows than are here: nothing goes on after their own limit.
    pub fn is_all_that_was_asked(&self, cut: &Cut) -> bool {
        limit(self.arguments).is_some_and(|limit| cut.shown as u64 >= limit)
    }

    /// How long the call is that goes on, at most.
    pub fn room_for_next(&self) -> usize {
        let (like_it, longest) =
            (self.speech.next(self.verb.name, self.arguments.clone()), self.longest_next());
        let like_it = size_within(&like_it, longest).map_or(longest, |like_it| longest.min(like_it + DIGITS));
        let all = self.those(&self.given).and_then(|all| size_within(&all, longest));
        all.map_or(like_it, |all| all.max(like_it))
    }

    /// Arguments that take more of an answer than this are not said back: with nothing left for rows nothing goes on.
    fn longest_next(&self) -> usize {
        (self.most / 4).max(DIGITS)
    }

    /// How to go on after the rows that are shown; none where nothing was shown, which the same call would repeat.
    pub fn going_on(&self, cut: &Cut, value: &Value) -> Option<GoingOn> {
        if cut.shown == 0 {
            return None;
        }
        let is_stable = size_within(&self.those(&self.given), self.longest_next()).is_some();
        if let Some(rest) = self.given.get(cut.shown..).filter(|rest| is_stable && !rest.is_empty())
            && let Some(call) = self.those(rest)
        {
            return Some(GoingOn::Call(call));
        }
        let next = self.next(cut, value)?;
        let call = self.speech.next(self.verb.name, next.clone());
        if size_within(&call, self.longest_next()).is_some() {
            return Some(GoingOn::Call(call));
        }
        let (given, next) = (whole(self.arguments), whole(&next));
        let changed: Vec<String> = next
            .into_iter()
            .filter(|(key, value)| given.get(key) != Some(value))
            .map(|(key, value)| match value.as_array().and_then(|ids| ids.first()) {
                Some(first) => format!("{key} from {first} on"),
                None => format!("{key} {value}"),
            })
            .collect();
        Some(GoingOn::Words(format!("the same call goes on with {}", changed.join(" and "))))
    }

    /// The call that reads these rows of a search by their numbers. Where the order does not tell all rows apart another
    /// search may give some of them again, and of what this user does not see Odoo counts some in an offset.
    fn those(&self, ids: &[i64]) -> Option<Value> {
        let mut arguments = self.arguments.clone();
        let is_call = self.verb.name == actions::call::VERB.name;
        let data = if is_call { arguments.get_mut("data")?.as_object_mut()? } else { &mut arguments };
        let order = data.get("order").and_then(Value::as_str);
        if ids.is_empty() || order.is_some_and(tells_apart) {
            return None;
        }
        for key in ["domain", "order", "limit", "offset"] {
            data.shift_remove(key);
        }
        let verb = if is_call {
            if arguments.insert("method".into(), json!("read"))? != "search_read" {
                return None;
            }
            self.verb.name
        } else {
            let reads = actions::read::VERB;
            let is_search = self.verb.name == actions::search_read::VERB.name;
            let is_hidden = self.speech.hidden.contains(&reads.name);
            let has = |key: &String| reads.argument(key).is_some();
            if !is_search || is_hidden || !arguments.keys().all(has) {
                return None;
            }
            reads.name
        };
        arguments.insert("ids".into(), json!(ids));
        Some(self.speech.next(verb, arguments))
    }

    /// The arguments of the call that goes on.
    fn next(&self, cut: &Cut, value: &Value) -> Option<Object> {
        let mut arguments = self.arguments.clone();
        let has = |key: &str| self.verb.argument(key).is_some();
        let ids = numbers(value);
        if has("after") && arguments.get("all") == Some(&Value::Bool(true)) {
            let last = ids.last()?;
            less(&mut arguments, cut.shown);
            arguments.insert("after".into(), json!(last));
        } else if paging::is_for(self.verb, self.arguments) {
            paging::after(&mut arguments, cut.shown);
        } else if has("offset") {
            on(&mut arguments, cut.shown, ids.last().copied());
        } else if has("ids") && (has("fields") || arguments.get("method").is_some_and(|name| name == "read"))
        {
            let asked: Vec<i64> =
                arguments.get("ids")?.as_array()?.iter().filter_map(Value::as_i64).collect();
            let last = asked.iter().position(|id| ids.last() == Some(id))?;
            arguments.insert("ids".into(), json!(asked.get(last + 1..)?));
        } else if let Some(Value::Object(data)) = arguments.get_mut("data") {
            let (model, method) =
                (self.arguments.get("model")?.as_str()?, self.arguments.get("method")?.as_str()?);
            let takes = methods::of(model, method)?;
            takes.arguments.iter().find(|argument| argument.name == "offset")?;
            let last = ids.last().filter(|_| method == "search_read");
            on(data, cut.shown, last.copied());
        } else {
            return None;
        }
        Some(arguments)
    }
}

/// The numbers of rows.
pub fn numbers(value: &Value) -> Vec<i64> {
    value.as_array().into_iter().flatten().filter_map(|row| row["id"].as_i64()).collect()
}

/// Whether no two rows are alike in an order.
fn tells_apart(order: &str) -> bool {
    order
        .split(',')
        .any(|term| term.split_whitespace().next().is_some_and(|field| field.eq_ignore_ascii_case("id")))
}

/// The arguments, and those below `data` beside them.
fn whole(arguments: &Object) -> Object {
    let data = arguments.get("data").and_then(Value::as_object).cloned().unwrap_or_default();
    let others = arguments.iter().filter(|(key, _)| *key != "data");
    others.map(|(key, value)| (key.clone(), value.clone())).chain(data).collect()
}

/// The same search after so many rows. Where records are in the order of their numbers it goes on after the last of
/// them: of what this user does not see Odoo counts some in an offset, and meanwhile others may come and go.
fn on(arguments: &mut Object, shown: usize, last: Option<i64>) {
    less(arguments, shown);
    let side = arguments.get("order").and_then(Value::as_str).and_then(beyond);
    if let (Some(side), Some(last)) = (side, last)
        && let Value::Array(domain) = arguments.entry("domain").or_insert_with(|| json!([]))
    {
        // Where all of them hold, the last of an earlier page says no more than this one.
        let is_earlier = |leaf: &Value| leaf[0] == "id" && leaf[1] == side && leaf[2].is_i64();
        if domain.last().is_some_and(is_earlier) && !domain.iter().any(Value::is_string) {
            domain.pop();
        }
        domain.push(json!(["id", side, last]));
        arguments.shift_remove("offset");
        return;
    }
    let from = arguments.get("offset").and_then(Value::as_u64).unwrap_or(0);
    arguments.insert("offset".into(), json!(from.saturating_add(shown as u64)));
}

/// On which side of a number the rows that follow are, in this order.
fn beyond(order: &str) -> Option<&'static str> {
    match order.to_lowercase().split_whitespace().collect::<Vec<_>>().as_slice() {
        ["id"] | ["id", "asc"] => Some(">"),
        ["id", "desc"] => Some("<"),
        _ => None,
    }
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
        on(&mut arguments, 3, Some(9));
        assert_eq!(arguments["offset"], u64::MAX);
    }

    #[test]
    fn what_was_left_out_is_read_by_its_numbers_and_by_the_tool_that_was_called() {
        use std::sync::Arc;

        use crate::mcp::compat::Compat;
        use crate::mcp::tools::Naming;
        use crate::mcp::words::Speech;

        let said = |verb: &str, by: Option<Compat>, hidden: &[&'static str], arguments: &Value| {
            let speech = Speech {
                naming: Naming::Each,
                by,
                hidden: hidden.to_vec(),
                for_a_person: Arc::new(|action| action.verb.into()),
            };
            let called = Called {
                verb: actions::verb(verb).unwrap(),
                arguments: arguments.as_object().unwrap(),
                offset: 0,
                rows: Vec::new(),
                given: vec![9, 7, 8, 6],
                speech: &speech,
                most: 4000,
            };
            match called.going_on(&Cut { shown: 2, of: Some(4) }, &json!([{ "id": 9 }, { "id": 7 }])) {
                Some(GoingOn::Call(call)) => call,
                other => json!(format!("{other:?}")),
            }
        };
        let search =
            json!({ "model": "a.b", "domain": [["c", "=", 1]], "fields": ["d"], "order": "d", "limit": 4 });
        assert_eq!(
            said("search_read", None, &[], &search),
            json!({ "tool": "odoo_read", "arguments": { "model": "a.b", "fields": ["d"], "ids": [8, 6] } })
        );
        let by_offset = said("search_read", None, &["read"], &search);
        assert_eq!(
            (&by_offset["tool"], &by_offset["arguments"]["offset"]),
            (&json!("odoo_search_read"), &json!(2))
        );
        let mut told_apart = search.clone();
        told_apart["order"] = json!("d, id desc");
        assert_eq!(said("search_read", None, &[], &told_apart)["arguments"]["offset"], 2);
        let call =
            json!({ "model": "a.b", "method": "search_read", "data": { "fields": ["d"], "limit": 4 } });
        assert_eq!(
            said("call", None, &[], &call),
            json!({ "tool": "odoo_call", "arguments": { "model": "a.b", "method": "read", "data": { "fields": ["d"] }, "ids": [8, 6] } })
        );
        for by in Compat::ALL {
            assert_eq!(
                said("call", Some(by), &["call"], &call),
                json!({ "tool": by.name(), "arguments": { "model": "a.b", "method": "read", "args": [[8, 6]], "kwargs": { "fields": ["d"] } } })
            );
        }
        // A call that reads by numbers, as the one that goes on may, goes on itself.
        let read =
            json!({ "model": "a.b", "method": "read", "ids": [9, 7, 8, 6], "data": { "fields": ["d"] } });
        assert_eq!(
            said("call", None, &[], &read),
            json!({ "tool": "odoo_call", "arguments": { "model": "a.b", "method": "read", "ids": [8, 6], "data": { "fields": ["d"] } } })
        );
        for by in Compat::ALL {
            assert_eq!(
                said("call", Some(by), &[], &read)["arguments"],
                json!({ "model": "a.b", "method": "read", "args": [[8, 6]], "kwargs": { "fields": ["d"] } })
            );
        }
        let numbers = json!({ "model": "a.b", "method": "search", "data": { "limit": 4 } });
        let next = said("call", Some(Compat::WebCall), &[], &numbers);
        assert_eq!(
            (&next["tool"], &next["arguments"]["kwargs"]["offset"]),
            (&json!("odoo_web_call"), &json!(2))
        );
    }

    #[test]
    fn in_the_order_of_their_numbers_rows_go_on_after_the_last() {
        let go_on = |mut arguments: Value| {
            on(arguments.as_object_mut().unwrap(), 3, Some(9));
            arguments
        };
        for (given, next) in [
            (json!({ "order": "id" }), json!({ "order": "id", "domain": [["id", ">", 9]] })),
            (
                json!({ "order": "ID desc", "offset": 4, "limit": 10, "domain": ["|", ["a", "=", 1], ["b", "=", 2]] }),
                json!({ "order": "ID desc", "limit": 7,
                    "domain": ["|", ["a", "=", 1], ["b", "=", 2], ["id", "<", 9]] }),
            ),
            // The last of an earlier page says no more than this one.
            (
                json!({ "order": "id asc", "domain": [["a", "=", 1], ["id", ">", 5]] }),
                json!({ "order": "id asc", "domain": [["a", "=", 1], ["id", ">", 9]] }),
            ),
            (
                json!({ "order": "id asc", "domain": [["id", "<", 50]] }),
                json!({ "order": "id asc", "domain": [["id", "<", 50], ["id", ">", 9]] }),
            ),
            (json!({ "order": "name, id", "offset": 1 }), json!({ "order": "name, id", "offset": 4 })),
            (json!({ "order": "id:x" }), json!({ "order": "id:x", "offset": 3 })),
            (json!({}), json!({ "offset": 3 })),
        ] {
            assert_eq!(go_on(given.clone()), next, "{given}");
        }
        // An alternative that ends with such a leaf is no page's.
        let alternative = json!({ "order": "id", "domain": ["|", ["a", "=", 1], ["id", ">", 5]] });
        assert_eq!(go_on(alternative)["domain"], json!(["|", ["a", "=", 1], ["id", ">", 5], ["id", ">", 9]]));
    }
}
