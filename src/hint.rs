//! What somebody can do next, or should know, as data: no flag, no key of a spec and no command line stands in it,
//! for each surface has its own. A hint is parts in a row; the surface words those that are more than text.

use serde_json::Value;

use crate::operation::Operation;

/// A part of a hint.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Words that are the same everywhere.
    Text(String),
    /// An argument of the verb at hand, by its key in a spec.
    Name(&'static str),
    /// The same with a value.
    With(&'static str, Value),
    /// A verb by its name.
    Verb(&'static str),
    /// Where a verb is explained.
    Help(&'static str),
    /// The way to hand over a token that a person gave.
    Token,
    /// What is chosen for a whole run, like its time-out.
    Setting(&'static str, String),
    /// A method call that can be carried out as it is.
    Call(Box<Operation>),
    /// A verb that can be carried out as it is.
    Action(Action),
}

/// A verb with its arguments.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// As in a spec: `search_read`.
    pub verb: &'static str,
    /// By their keys, in order.
    pub arguments: Vec<(&'static str, Value)>,
    /// With what the caller brought for this run: context, channel, time-out.
    pub is_alike: bool,
    /// A person carries it out, with a profile of their own.
    pub by_a_person: bool,
    /// Said in its place where it would be too long to be read.
    pub otherwise: Option<Box<Hint>>,
    /// What stands before it.
    pub lead: String,
}

impl Action {
    /// A verb without arguments.
    pub fn new(verb: &'static str) -> Action {
        Action {
            verb,
            arguments: Vec::new(),
            is_alike: false,
            by_a_person: false,
            otherwise: None,
            lead: String::new(),
        }
    }

    /// The call of a method.
    pub fn calling(operation: &Operation) -> Action {
        let mut action = Action::new("call")
            .with("model", operation.model.as_str())
            .with("method", operation.method.as_str());
        if let Some(ids) = &operation.ids {
            action = action.with("ids", ids.clone());
        }
        if !operation.kwargs.is_empty() {
            action = action.with("data", operation.kwargs.clone());
        }
        action
    }

    /// The verb, and where it is one of several words what of it is meant: a key of its own, `do`, says that.
    pub fn named(&self) -> (&'static str, Option<&'static str>) {
        match self.verb.split_once(' ') {
            Some((verb, below)) => (verb, Some(below)),
            None => (self.verb, None),
        }
    }

    /// With an argument more.
    pub fn with(mut self, key: &'static str, value: impl Into<Value>) -> Action {
        self.arguments.push((key, value.into()));
        self
    }

    /// With what the caller brought for this run.
    pub fn alike(self) -> Action {
        Action { is_alike: true, ..self }
    }

    /// For a person.
    pub fn by_a_person(self) -> Action {
        Action { by_a_person: true, ..self }
    }

    /// With words before it, and others in place of all that where it is too long.
    pub fn or(self, lead: &str, otherwise: Hint) -> Action {
        Action { lead: lead.into(), otherwise: Some(Box::new(otherwise)), ..self }
    }
}

/// Something to do or to know.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hint(Vec<Part>);

impl Hint {
    /// Begins with words.
    pub fn new(text: impl Into<String>) -> Hint {
        Hint::default().text(text)
    }

    /// Goes on with words.
    pub fn text(mut self, text: impl Into<String>) -> Hint {
        let text = text.into();
        match self.0.last_mut() {
            Some(Part::Text(last)) => last.push_str(&text),
            _ if text.is_empty() => {}
            _ => self.0.push(Part::Text(text)),
        }
        self
    }

    /// Names an argument.
    pub fn name(self, key: &'static str) -> Hint {
        self.part(Part::Name(key))
    }

    /// Names an argument and a value for it.
    pub fn with(self, key: &'static str, value: impl Into<Value>) -> Hint {
        self.part(Part::With(key, value.into()))
    }

    /// Names a setting of the run and a value for it.
    pub fn setting(self, key: &'static str, value: impl Into<String>) -> Hint {
        self.part(Part::Setting(key, value.into()))
    }

    /// Names a verb.
    pub fn verb(self, verb: &'static str) -> Hint {
        self.part(Part::Verb(verb))
    }

    /// Names the place where a verb is explained.
    pub fn help(self, verb: &'static str) -> Hint {
        self.part(Part::Help(verb))
    }

    /// Names the way to hand over a token.
    pub fn token(self) -> Hint {
        self.part(Part::Token)
    }

    /// Names a call.
    pub fn call(self, operation: Operation) -> Hint {
        self.part(Part::Call(Box::new(operation)))
    }

    /// Names a verb.
    pub fn action(self, action: Action) -> Hint {
        self.part(Part::Action(action))
    }

    fn part(mut self, part: Part) -> Hint {
        self.0.push(part);
        self
    }

    /// Several in one, with semicolons between them.
    pub fn joined(hints: &[Hint]) -> Hint {
        let mut whole = Hint::default();
        for (position, hint) in hints.iter().enumerate() {
            if position > 0 {
                whole = whole.text("; ");
            }
            for part in &hint.0 {
                whole = match part {
                    Part::Text(text) => whole.text(text.clone()),
                    part => whole.part(part.clone()),
                };
            }
        }
        whole
    }

    /// In the words of a surface.
    pub fn worded(&self, word: &dyn Fn(&Part) -> String) -> String {
        self.0.iter().map(word).collect()
    }

    /// Its own words, which are the same everywhere, to be changed.
    pub fn texts_mut(&mut self) -> impl Iterator<Item = &mut String> {
        self.0.iter_mut().filter_map(|part| match part {
            Part::Text(text) => Some(text),
            _ => None,
        })
    }

    /// The words it begins with, to be changed.
    pub fn first_text_mut(&mut self) -> Option<&mut String> {
        match self.0.first_mut() {
            Some(Part::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// Its text, if it is nothing else.
    pub fn as_text(&self) -> Option<&str> {
        match self.0.as_slice() {
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }
}

impl From<String> for Hint {
    fn from(text: String) -> Hint {
        Hint::new(text)
    }
}

impl PartialEq<&str> for Hint {
    fn eq(&self, text: &&str) -> bool {
        self.as_text() == Some(*text)
    }
}

impl From<&str> for Hint {
    fn from(text: &str) -> Hint {
        Hint::new(text)
    }
}
