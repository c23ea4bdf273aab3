//! How this surface words what a hint holds as data: a verb as a call of its tool, an argument by its key, and what a
//! person does as the command they run. It decides nothing but the words.

use std::sync::Arc;

use serde_json::{Value, json};

use super::compat::{self, Compat};
use super::tools::Naming;
use crate::actions::{self, VERBS};
use crate::arguments::taken;
use crate::error::Error;
use crate::hint::{Action, Hint, Part};
use crate::operation::Object;

/// A longer call is described where there are words for it: the answer is paid for by its length.
const LONGEST_CALL: usize = 60;

/// The words of a server.
#[derive(Clone)]
pub struct Speech {
    /// What verbs are called here.
    pub naming: Naming,
    /// The published tool that is called, if it is one: others may not be offered to whoever calls it.
    pub by: Option<Compat>,
    /// Verbs that no tool has.
    pub hidden: Vec<&'static str>,
    /// What a person runs.
    pub for_a_person: Arc<dyn Fn(&Action) -> String + Send + Sync>,
}

impl Speech {
    /// The words for a call by one of the published tools.
    pub fn by(&self, by: Option<Compat>) -> Speech {
        Speech { by, ..self.clone() }
    }

    /// A call of a verb, as data.
    pub fn next(&self, verb: &str, arguments: Object) -> Value {
        match self.by.filter(|_| verb == actions::call::VERB.name) {
            Some(by) => json!({ "tool": by.name(), "arguments": compat::placed(arguments) }),
            None => self.naming.next(verb, arguments),
        }
    }

    fn name(&self, verb: &str) -> String {
        match self.by.filter(|_| verb == actions::call::VERB.name) {
            Some(by) => by.name().into(),
            None => self.naming.name(verb),
        }
    }

    /// An error whose hints are words.
    pub fn error(&self, error: Error) -> Error {
        error.worded(&|part| self.part(part))
    }

    /// A hint in words.
    pub fn hint(&self, hint: &Hint) -> String {
        hint.worded(&|part| self.part(part))
    }

    fn part(&self, part: &Part) -> String {
        match part {
            Part::Text(text) => text.clone(),
            Part::Name(key) => (*key).to_string(),
            Part::With(key, value) => {
                let argument = VERBS.iter().find_map(|verb| verb.argument(key));
                format!("{key}: {}", taken(argument, value))
            }
            Part::Verb(verb) | Part::Help(verb) => self.name(verb),
            Part::Token => "its token, at a command line: --confirm-token-file FILE".into(),
            Part::Setting(key, value) => {
                format!("--{} {value} in the command that starts this server", key.replace('_', "-"))
            }
            Part::Call(operation) => self.action(&Action::calling(operation)),
            Part::Action(action) => self.action(action),
        }
    }

    fn action(&self, action: &Action) -> String {
        let (verb, arguments) = arguments(action);
        if action.by_a_person || actions::verb(verb).is_none() {
            return format!("{}{}", action.lead, (self.for_a_person)(action));
        }
        let next = self.next(verb, arguments);
        let said = format!("{} {}", next["tool"].as_str().unwrap_or_default(), next["arguments"]);
        match &action.otherwise {
            Some(otherwise) if said.len() > LONGEST_CALL => self.hint(otherwise),
            _ => format!("{}{said}", action.lead),
        }
    }
}

/// The verb of an action, and its arguments as the tool has them: some keys take a list where a flag is repeated, and
/// one of several words stands in a key of its own.
fn arguments(action: &Action) -> (&'static str, Object) {
    let (name, below) = action.named();
    let mut arguments = Object::new();
    if let Some(below) = below {
        arguments.insert("do".into(), below.into());
    }
    let verb = actions::verb(name);
    for (key, value) in &action.arguments {
        arguments.insert((*key).into(), taken(verb.and_then(|verb| verb.argument(key)), value));
    }
    (name, arguments)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_takes_a_list_is_told_with_one() {
        let speech = Speech {
            naming: Naming::Each,
            by: None,
            hidden: Vec::new(),
            for_a_person: Arc::new(|action| action.verb.into()),
        };
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
