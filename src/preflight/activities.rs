//! Activities that are nobody's: since Odoo 19 one without a user stands in nobody's list, where before it was its
//! maker's. It reads values and nothing else.

use serde_json::Value;

use super::Check;
use crate::knowledge::Version;
use crate::operation::{Operation, is_true};

/// The first version in which an activity may be nobody's.
const SINCE: Version = 19;

/// Notes that nobody will be assigned.
pub fn check(check: &Check, operation: &Operation) {
    let has_user = |vals: Option<&Value>| vals.is_some_and(is_true);
    let (kwargs, is_default) = (&operation.kwargs, has_user(operation.context.get("default_user_id")));
    let is_nobodys = match (operation.model.as_str(), operation.method.as_str()) {
        ("mail.activity", "create") => {
            let given = kwargs.get("vals_list").unwrap_or(&Value::Null);
            let list = given.as_array().map_or(std::slice::from_ref(given), Vec::as_slice);
            list.iter().filter_map(Value::as_object).any(|vals| !has_user(vals.get("user_id")))
        }
        (_, "activity_schedule") => !has_user(kwargs.get("user_id")),
        _ => false,
    };
    if check.version >= SINCE && is_nobodys && !is_default {
        check.note(
            "without user_id an activity is nobody's, unless its type names somebody: it stands in no list",
        );
    }
}
