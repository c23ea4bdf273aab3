//! A policy's JSON, read strictly and with the place of everything: an unknown key, a wrong type or an empty list is
//! an error, never something that is passed over.

use std::rc::Rc;

use serde_json::Value;

use super::decimal::Decimal;
use super::pattern::{ModelPattern, Pattern};
use crate::operation::Object;
use crate::suggest;

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// JSON Pointer.
    pub pointer: String,
    /// In words.
    pub why: String,
}

/// What was read.
pub type Read<T> = std::result::Result<T, Wrong>;

/// Where a value stands: below another, or it is the whole. As a JSON Pointer it is written where somebody is told, for
/// to write it of every value takes longer than to read them.
#[derive(Clone, Debug, Default)]
struct Place<'v>(Option<Rc<(Place<'v>, Step<'v>)>>);

#[derive(Clone, Copy, Debug)]
enum Step<'v> {
    Key(&'v str),
    At(usize),
}

impl<'v> Place<'v> {
    fn below(&self, step: Step<'v>) -> Place<'v> {
        Place(Some(Rc::new((self.clone(), step))))
    }

    /// JSON Pointer.
    fn pointer(&self) -> String {
        let Some(at) = &self.0 else { return String::new() };
        let before = at.0.pointer();
        match at.1 {
            Step::Key(key) => format!("{before}/{}", key.replace('~', "~0").replace('/', "~1")),
            Step::At(at) => format!("{before}/{at}"),
        }
    }
}

/// A value and its place.
#[derive(Clone, Debug)]
pub struct Node<'v> {
    /// The value.
    pub value: &'v Value,
    place: Place<'v>,
}

/// An object whose keys are known.
pub struct Members<'v> {
    object: &'v Object,
    place: Place<'v>,
}

/// Objects of so many keys or fewer are looked through, which takes less than to hash a key.
const FEW: usize = 16;

impl<'v> Node<'v> {
    /// The whole document.
    pub fn root(value: &'v Value) -> Node<'v> {
        Node { value, place: Place::default() }
    }

    /// JSON Pointer.
    pub fn pointer(&self) -> String {
        self.place.pointer()
    }

    /// What is wrong here.
    pub fn wrong(&self, why: impl Into<String>) -> Wrong {
        Wrong { pointer: self.pointer(), why: why.into() }
    }

    fn expected(&self, what: &str) -> Wrong {
        self.wrong(format!("{what} is expected"))
    }

    /// An object with any keys.
    pub fn map(&self) -> Read<Vec<(&'v str, Node<'v>)>> {
        let object = self.value.as_object().ok_or_else(|| self.expected("an object"))?;
        let node =
            |key: &'v String, value| (key.as_str(), Node { value, place: self.place.below(Step::Key(key)) });
        Ok(object.iter().map(|(key, value)| node(key, value)).collect())
    }

    /// An object with these keys, and a description if it likes.
    pub fn object(&self, known: &[&str]) -> Read<Members<'v>> {
        let object = self.value.as_object().ok_or_else(|| self.expected("an object"))?;
        for (key, value) in object {
            let node = || Node { value, place: self.place.below(Step::Key(key)) };
            if key == "description" {
                node().text()?;
            } else if !known.contains(&key.as_str()) {
                let close = suggest::closest(key, known.iter().copied());
                return Err(node().wrong(match close {
                    Some(close) => format!("nothing reads this key: is {close} meant?"),
                    None => format!("nothing reads this key: known are {}", known.join(", ")),
                }));
            }
        }
        Ok(Members { object, place: self.place.clone() })
    }

    /// A text that is not empty.
    pub fn text(&self) -> Read<&'v str> {
        let text = self.value.as_str().ok_or_else(|| self.expected("a text"))?;
        if text.chars().all(char::is_whitespace) { Err(self.wrong("the text is empty")) } else { Ok(text) }
    }

    /// true or false.
    pub fn flag(&self) -> Read<bool> {
        self.value.as_bool().ok_or_else(|| self.expected("true or false"))
    }

    /// A list that may be empty.
    pub fn list(&self) -> Read<Vec<Node<'v>>> {
        let list = self.value.as_array().ok_or_else(|| self.expected("a list"))?;
        let node = |(at, value)| Node { value, place: self.place.below(Step::At(at)) };
        Ok(list.iter().enumerate().map(node).collect())
    }

    /// A list that holds something: an empty one would hold for nothing.
    pub fn filled(&self) -> Read<Vec<Node<'v>>> {
        let list = self.list()?;
        if list.is_empty() { Err(self.wrong("an empty list can never match")) } else { Ok(list) }
    }

    /// One of a list, or several.
    pub fn one_or_more(&self) -> Read<Vec<Node<'v>>> {
        if self.value.is_array() { self.filled() } else { Ok(vec![self.clone()]) }
    }

    /// Names with wildcards, of these characters beside letters, digits and `_`.
    pub fn patterns(&self, more: &str) -> Read<Vec<Pattern>> {
        self.one_or_more()?.iter().map(|node| node.pattern(more)).collect()
    }

    /// A name with wildcards.
    pub fn pattern(&self, more: &str) -> Read<Pattern> {
        let text = self.text()?;
        let fits = |c: u8| c.is_ascii_alphanumeric() || b"_*?".contains(&c) || more.as_bytes().contains(&c);
        match text.bytes().position(|c| !fits(c)).and_then(|at| text[at..].chars().next()) {
            Some(odd) => Err(self.wrong(format!("no such name holds {odd:?}: this can never match"))),
            None => Ok(Pattern::new(text)),
        }
    }

    /// A model's name with wildcards.
    pub fn model(&self) -> Read<ModelPattern> {
        self.named(self.pattern(".")?.text())
    }

    /// The same, of a part of this text.
    pub fn named(&self, model: &str) -> Read<ModelPattern> {
        match model.chars().find(char::is_ascii_uppercase) {
            Some(odd) => Err(self.wrong(format!("no model's name holds {odd:?}: this can never match"))),
            None => Ok(ModelPattern::new(model)),
        }
    }

    /// A number that is held exactly.
    pub fn decimal(&self) -> Read<Decimal> {
        Decimal::of(self.value).ok_or_else(|| self.expected("a number"))
    }

    /// A whole number from nothing up.
    pub fn whole(&self) -> Read<u64> {
        self.value.as_u64().ok_or_else(|| self.expected("a whole number"))
    }
}

impl<'v> Members<'v> {
    /// A member, if it is there.
    pub fn get(&self, key: &str) -> Option<Node<'v>> {
        let (key, value) = match self.object.len() {
            0..=FEW => self.object.iter().find(|(name, _)| *name == key)?,
            _ => self.object.get_key_value(key)?,
        };
        Some(Node { value, place: self.place.below(Step::Key(key)) })
    }

    /// A member that has to be there.
    pub fn required(&self, key: &str) -> Read<Node<'v>> {
        self.get(key).ok_or_else(|| self.wrong(format!("{key} is missing")))
    }

    /// What is wrong with the whole.
    pub fn wrong(&self, why: impl Into<String>) -> Wrong {
        Wrong { pointer: self.place.pointer(), why: why.into() }
    }

    /// A text, if it is there.
    pub fn text(&self, key: &str) -> Read<Option<String>> {
        self.get(key).map(|node| node.text().map(str::to_string)).transpose()
    }

    /// true or false, and false where it is not there.
    pub fn flag(&self, key: &str) -> Read<bool> {
        self.get(key).map_or(Ok(false), |node| node.flag())
    }
}
