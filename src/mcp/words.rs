//! How this surface words what a hint holds as data: a verb as a call of its tool, an argument by its key, and what a
//! person does as the command they run. It decides nothing but the words.

use serde_json::{Map, Value, json};

use super::tools::Naming;
use crate::actions::definition::Verb;
use crate::actions::{self, VERBS};
use crate::arguments::Shape;
use crate::error::Error;
use crate::hint::{Action, Hint, Part};
use crate::operation::{Object, Operation};

/// A longer call is described where there are words for it: the answer is paid for by its length.
const LONGEST_CALL: usize = 100;

/// The words of a server.
pub struct Speech {
    /// What verbs are called here.
    pub naming: Naming,
    /// What a person runs.
    pub for_a_person: Box<dyn Fn(&Action) -> String + Send + Sync>,
}

impl Speech {
    /// An error whose hints are words.
    pub fn error(&self, mut error: Error) -> Error {
        error.hints = error.hints.iter().map(|hint| self.hint(hint).into()).collect();
        error
    }

    /// A hint in words.
    pub fn hint(&self, hint: &Hint) -> String {
        hint.parts().iter().map(|part| self.part(part)).collect()
    }

    fn part(&self, part: &Part) -> String {
        match part {
            Part::Text(text) => text.clone(),
            Part::Name(key) => (*key).to_string(),
            Part::With(key, value) => {
                let takes_a_list = VERBS.iter().any(|verb| takes_a_list(verb, key));
                format!("{key}: {}", as_taken(takes_a_list, value))
            }
            Part::Verb(verb) | Part::Help(verb) => self.naming.name(verb),
            Part::Token => "its token, at a command line: --confirm-token-file FILE".into(),
            Part::Setting(key, value) => {
                format!("--{} {value} in the command that starts this server", key.replace('_', "-"))
            }
            Part::Call(operation) => self.call(operation),
            Part::Action(action) => self.action(action),
        }
    }

    fn call(&self, operation: &Operation) -> String {
        let mut arguments = Map::from_iter([
            ("model".to_string(), json!(operation.model)),
            ("method".to_string(), json!(operation.method)),
        ]);
        if let Some(ids) = &operation.ids {
            arguments.insert("ids".into(), json!(ids));
        }
        if !operation.kwargs.is_empty() {
            arguments.insert("data".into(), operation.kwargs.clone().into());
        }
        self.naming.call("call", arguments)
    }

    fn action(&self, action: &Action) -> String {
        let (verb, arguments) = arguments(action);
        if action.by_a_person || actions::verb(verb).is_none() {
            return format!("{}{}", action.lead, (self.for_a_person)(action));
        }
        let said = self.naming.call(verb, arguments);
        match &action.otherwise {
            Some(otherwise) if said.len() > LONGEST_CALL => self.hint(otherwise),
            _ => format!("{}{said}", action.lead),
        }
    }
}

/// The verb of an action, and its arguments as the tool has them: some keys take a list where a flag is repeated, and
/// one of several words stands in a key of its own.
fn arguments(action: &Action) -> (&'static str, Object) {
    let (name, below) = action.verb.split_once(' ').unwrap_or((action.verb, ""));
    let mut arguments = Object::new();
    if !below.is_empty() {
        arguments.insert("do".into(), below.into());
    }
    let verb = actions::verb(name);
    for (key, value) in &action.arguments {
        let takes_a_list = verb.is_some_and(|verb| takes_a_list(verb, key));
        arguments.insert((*key).into(), as_taken(takes_a_list, value));
    }
    (name, arguments)
}

fn takes_a_list(verb: &Verb, key: &str) -> bool {
    let shape = verb.argument(key).map(|argument| argument.form.shape);
    matches!(shape, Some(Shape::Names(_) | Shape::Columns | Shape::Fields | Shape::Ids))
}

fn as_taken(in_a_list: bool, value: &Value) -> Value {
    if in_a_list && !value.is_array() { json!([value]) } else { value.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_takes_a_list_is_told_with_one() {
        let speech = Speech { naming: Naming::Each, for_a_person: Box::new(|action| action.verb.into()) };
        for (key, value, said) in [
            ("force_fields", json!("state"), r#"force_fields: ["state"]"#),
            ("ids", json!([7]), "ids: [7]"),
            ("max_records", json!(14), "max_records: 14"),
            ("context", json!({ "lang": "nl_NL" }), r#"context: {"lang":"nl_NL"}"#),
        ] {
            assert_eq!(speech.hint(&Hint::default().with(key, value)), said);
        }
    }
}
