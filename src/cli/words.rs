//! How this surface words what a hint holds as data: as a command line for whoever typed one, in the keys of a spec
//! for whoever handed one over. It decides nothing but the words.

use serde_json::{Map, Value, json};

use crate::actions;
use crate::arguments::{Argument, Shape, taken};
use crate::cli::flags;
use crate::error::Error;
use crate::hint::{Action, Hint, Part};
use crate::text::{sanitize, shell};

/// A longer command is described and not printed.
const LONGEST_COMMAND: usize = 2000;

/// In whose words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Flags of the command at hand.
    CommandLine(&'static str),
    /// Keys of a spec.
    Spec,
}

/// The words of a run.
#[derive(Clone, Debug)]
pub struct Speech {
    /// In whose words.
    pub manner: Manner,
    /// The beginning of a command that works in the same profile, for whoever runs this one: behind a wrapper the
    /// wrapper, which may be all that an agent is allowed.
    pub program: String,
    /// The same without a wrapper, for a person.
    pub program_itself: String,
    /// What the caller brought for this run, as flags.
    pub alike: String,
}

impl Speech {
    /// Before it is known where this run works.
    pub fn plain() -> Speech {
        Speech {
            manner: Manner::CommandLine(""),
            program: "odoo-agent".into(),
            program_itself: "odoo-agent".into(),
            alike: String::new(),
        }
    }

    /// The same for whoever handed over a spec.
    pub fn of_spec() -> Speech {
        Speech { manner: Manner::Spec, ..Speech::plain() }
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
            Part::Name(key) => match self.manner {
                Manner::CommandLine(verb) => flag(verb, key),
                Manner::Spec => format!("spec.{key}"),
            },
            Part::With(key, value) => match self.manner {
                Manner::CommandLine(verb) => with_flag(verb, key, value),
                Manner::Spec => format!("{}: {}", json!(key), taken(anywhere(key), value)),
            },
            Part::Verb(verb) => match self.manner {
                Manner::CommandLine(_) => command(verb),
                Manner::Spec => format!("{}", json!({ "action": verb })),
            },
            Part::Help(verb) => match self.manner {
                Manner::CommandLine(_) => format!("odoo-agent {} --help", command(verb)),
                Manner::Spec => "odoo-agent help spec".into(),
            },
            // Behind a wrapper files are read only where its profile says so, and the environment does not count.
            Part::Token if self.program != self.program_itself => match self.manner {
                Manner::CommandLine(_) => "--confirm-token-file -, the token on stdin".into(),
                Manner::Spec => {
                    "the same as a command line, with --confirm-token-file - and the token on stdin".into()
                }
            },
            Part::Token => match self.manner {
                Manner::CommandLine(_) => "--confirm-token-file FILE, the token in FILE".into(),
                Manner::Spec => "the token in the environment, as ODOO_CONFIRMATION_TOKEN".into(),
            },
            Part::Setting(key, value) => format!("--{} {}", key.replace('_', "-"), shell::quoted(value)),
            Part::Call(operation) => self.action(&Action::calling(operation)),
            Part::Action(action) => self.action(action),
        }
    }

    /// A verb as it can be carried out.
    pub fn action(&self, action: &Action) -> String {
        let said = if self.manner == Manner::Spec && !action.by_a_person {
            self.spec(action)
        } else {
            self.command(action)
        };
        match &action.otherwise {
            Some(otherwise) if said.len() > LONGEST_COMMAND => self.hint(otherwise),
            _ => format!("{}{said}", action.lead),
        }
    }

    fn command(&self, action: &Action) -> String {
        let program = if action.by_a_person { &self.program_itself } else { &self.program };
        let mut words = vec![program.clone(), command(action.verb)];
        let (mut own, mut last) = (Vec::new(), Vec::new());
        for (key, value) in &action.arguments {
            if argument(action.verb, key).is_some_and(|argument| argument.is_positional) {
                words.push(shell::quoted(value.as_str().unwrap_or_default()));
            } else if value.is_boolean() && action.is_alike {
                // Behind what the caller brought.
                last.push(with_flag(action.verb, key, value));
            } else {
                own.push(with_flag(action.verb, key, value));
            }
        }
        words.extend(own);
        if action.is_alike && !self.alike.is_empty() {
            words.push(self.alike.clone());
        }
        words.extend(last);
        words.join(" ")
    }

    fn spec(&self, action: &Action) -> String {
        let (verb, below) = action.named();
        let mut spec = Map::from_iter([("action".to_string(), json!(verb))]);
        if let Some(below) = below {
            spec.insert("do".into(), below.into());
        }
        for (key, value) in &action.arguments {
            spec.insert((*key).into(), taken(argument(verb, key), value));
        }
        format!("the spec {}", sanitize::json_for_terminal(&Value::Object(spec).to_string()))
    }
}

/// A verb as a command.
fn command(verb: &str) -> String {
    flags::name(verb)
}

/// What is known of an argument of a verb; one of several words takes them below its first. What is no verb calls its
/// arguments as the verbs do.
fn argument(verb: &str, key: &str) -> Option<&'static Argument> {
    match actions::verb(verb.split(' ').next().unwrap_or_default()) {
        Some(verb) => verb.argument(key),
        None => anywhere(key),
    }
}

/// A key of a spec as a flag.
fn flag(verb: &str, key: &str) -> String {
    match argument(verb, key) {
        Some(argument) => format!("--{}", flags::flag(argument)),
        None => format!("--{}", key.replace('_', "-")),
    }
}

fn with_flag(verb: &str, key: &str, value: &Value) -> String {
    let flag = flag(verb, key);
    let json =
        |flag: &str| format!("{flag} {}", shell::quoted(&sanitize::json_for_terminal(&value.to_string())));
    let shape = argument(verb, key).map(|argument| argument.form.shape);
    match (value, shape) {
        (Value::Bool(_), _) => flag,
        (Value::Object(_), _) => json(&format!("{flag}-json")),
        (Value::Array(_), Some(Shape::Json(_) | Shape::JsonWord(_))) => json(&flag),
        (Value::Array(items), _) => {
            let names: Vec<String> = items
                .iter()
                .map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_string))
                .collect();
            if names.iter().any(|name| name.contains([',', ' '])) {
                return json(&format!("{flag}-json"));
            }
            if key == "ids" {
                return format!("{flag} {}", names.join(" "));
            }
            format!("{flag} {}", shell::quoted(&names.join(",")))
        }
        (Value::String(text), _) => format!("{flag} {}", shell::quoted(text)),
        (other, _) => format!("{flag} {other}"),
    }
}

/// What is known of an argument of whichever verb has it.
fn anywhere(key: &str) -> Option<&'static Argument> {
    actions::VERBS.iter().find_map(|verb| verb.argument(key))
}
