//! Going on in lists that a verb gives as a whole: groups, matches, models, fields, and the lists of a verb that does
//! other things as well, by the word that says which. Here they have an offset as records have; the verb itself is
//! asked the same again, and what was shown is left out. What changes anything has none.

use serde_json::{Value, json};

use crate::actions::definition::{Changes, Verb};
use crate::error::{Error, Result};
use crate::operation::Object;
use crate::outcome::Place;

/// What it is called.
pub const OFFSET: &str = "offset";
/// What is said of it.
pub const SAID: &str = "Skip so many";

/// The words of a verb that do nothing but list.
const LISTS: [&str; 2] = ["list", "export"];

/// Whether a verb has an offset, for some of its calls at least.
pub fn is_of(verb: &Verb) -> bool {
    is_a_list(verb) || has_lists(verb)
}

/// Whether a call of a verb gives a list as a whole.
pub fn is_for(verb: &Verb, arguments: &Object) -> bool {
    let word = arguments.get("do").and_then(Value::as_str);
    is_a_list(verb) || has_lists(verb) && word.is_some_and(|word| LISTS.contains(&word))
}

fn has_lists(verb: &Verb) -> bool {
    verb.argument("do").is_some() && verb.argument(OFFSET).is_none()
}

/// Whether whatever a verb gives is a list.
fn is_a_list(verb: &Verb) -> bool {
    let result = (verb.reach.result)();
    let is_list = |value: &Value| value["type"] == "array";
    let holds_one = result["properties"].as_object().is_some_and(|all| all.values().any(is_list));
    verb.reach.changes == Changes::Nothing
        && [OFFSET, "ids"].iter().all(|key| verb.argument(key).is_none())
        && (is_list(&result) || holds_one)
}

/// Takes the offset out of the arguments, which the verb does not know.
///
/// # Errors
/// It is no number.
pub fn taken(verb: &Verb, arguments: &mut Object) -> Result<usize> {
    if !is_of(verb) {
        return Ok(0);
    }
    let is_given = arguments.get(OFFSET).is_some_and(|offset| !offset.is_null());
    if is_given && !is_for(verb, arguments) {
        return Err(Error::usage(format!("{OFFSET}: of {} only a list has one", verb.name)));
    }
    match arguments.shift_remove(OFFSET) {
        None | Some(Value::Null) => Ok(0),
        Some(given) => given
            .as_u64()
            .map(|offset| usize::try_from(offset).unwrap_or(usize::MAX))
            .ok_or_else(|| Error::usage(format!("{OFFSET}: expected a whole number from 0, found {given}"))),
    }
}

/// Leaves out so many of the first.
pub fn without_first(value: &mut Value, place: Place, offset: usize) {
    let list = match place {
        Place::Under(key) => value.get_mut(key),
        _ => Some(value),
    };
    if let Some(Value::Array(items)) = list {
        items.drain(..offset.min(items.len()));
    }
}

/// The same call after so many more.
pub fn after(arguments: &mut Object, shown: usize) {
    let from = arguments.get(OFFSET).and_then(Value::as_u64).unwrap_or(0);
    arguments.insert(OFFSET.into(), json!(from.saturating_add(shown as u64)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::VERBS;

    #[test]
    fn lists_of_what_only_reads_have_an_offset_and_nothing_else() {
        let names: Vec<&str> = VERBS.iter().filter(|verb| is_a_list(verb)).map(|verb| verb.name).collect();
        assert_eq!(names, ["group", "lookup", "schema_summary", "doc_index"]);
        let names: Vec<&str> = VERBS.iter().filter(|verb| has_lists(verb)).map(|verb| verb.name).collect();
        assert_eq!(names, ["approvals", "journal"]);
        for (word, is_list) in [("list", true), ("export", true), ("show", false), ("retry", false)] {
            let mut arguments =
                Object::from_iter([("do".to_string(), json!(word)), (OFFSET.into(), json!(3))]);
            let journal = crate::actions::verb("journal").unwrap();
            assert_eq!(taken(journal, &mut arguments).ok(), is_list.then_some(3), "{word}");
        }
    }

    #[test]
    fn an_offset_is_a_number_and_no_part_of_the_call() {
        let verb = crate::actions::verb("group").unwrap();
        let offset = |given: Value| {
            let mut arguments = Object::from_iter([(OFFSET.to_string(), given)]);
            let offset = taken(verb, &mut arguments).map_err(|error| error.message);
            assert!(arguments.is_empty());
            offset
        };
        assert_eq!((offset(json!(3)), offset(json!(null))), (Ok(3), Ok(0)));
        for wrong in [json!(-1), json!("3"), json!(1.5), json!([])] {
            assert!(offset(wrong).unwrap_err().starts_with("offset: expected a whole number"));
        }
        let read = crate::actions::verb("search_read").unwrap();
        let mut arguments = Object::from_iter([(OFFSET.to_string(), json!(3))]);
        assert_eq!(taken(read, &mut arguments).unwrap(), 0);
        assert_eq!(arguments.len(), 1, "it knows its own");
    }
}
