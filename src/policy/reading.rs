//! A policy's JSON, read strictly and with the place of everything: an unknown key, a wrong type or an empty list is
//! an error, never something that is passed over.

use serde_json::Value;

use super::decimal::Decimal;
use super::pattern::Pattern;
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

/// A value and its place.
#[derive(Clone, Debug)]
pub struct Node<'v> {
    /// The value.
    pub value: &'v Value,
    /// JSON Pointer.
    pub pointer: String,
}

/// An object whose keys are known.
pub struct Members<'v> {
    object: &'v Object,
    /// Its place.
    pub pointer: String,
}

/// A part of a JSON Pointer.
pub fn escaped(part: &str) -> String {
    part.replace('~', "~0").replace('/', "~1")
}

impl<'v> Node<'v> {
    /// The whole document.
    pub fn root(value: &'v Value) -> Node<'v> {
        Node { value, pointer: String::new() }
    }

    /// What is wrong here.
    pub fn wrong(&self, why: impl Into<String>) -> Wrong {
        Wrong { pointer: self.pointer.clone(), why: why.into() }
    }

    fn expected(&self, what: &str) -> Wrong {
        self.wrong(format!("{what} is expected"))
    }

    /// An object with any keys.
    pub fn map(&self) -> Read<Vec<(&'v str, Node<'v>)>> {
        let object = self.value.as_object().ok_or_else(|| self.expected("an object"))?;
        let node = |key: &'v String, value| {
            (key.as_str(), Node { value, pointer: format!("{}/{}", self.pointer, escaped(key)) })
        };
        Ok(object.iter().map(|(key, value)| node(key, value)).collect())
    }

    /// An object with these keys, and a description if it likes.
    pub fn object(&self, known: &[&str]) -> Read<Members<'v>> {
        let object = self.value.as_object().ok_or_else(|| self.expected("an object"))?;
        for (key, value) in object {
            let place = Node { value, pointer: format!("{}/{}", self.pointer, escaped(key)) };
            if key == "description" {
                place.text()?;
            } else if !known.contains(&key.as_str()) {
                let close = suggest::closest(key, known.iter().copied());
                return Err(place.wrong(match close {
                    Some(close) => format!("nothing reads this key: is {close} meant?"),
                    None => format!("nothing reads this key: known are {}", known.join(", ")),
                }));
            }
        }
        Ok(Members { object, pointer: self.pointer.clone() })
    }

    /// A text that is not empty.
    pub fn text(&self) -> Read<&'v str> {
        let text = self.value.as_str().ok_or_else(|| self.expected("a text"))?;
        if text.trim().is_empty() { Err(self.wrong("the text is empty")) } else { Ok(text) }
    }

    /// true or false.
    pub fn flag(&self) -> Read<bool> {
        self.value.as_bool().ok_or_else(|| self.expected("true or false"))
    }

    /// A list that may be empty.
    pub fn list(&self) -> Read<Vec<Node<'v>>> {
        let list = self.value.as_array().ok_or_else(|| self.expected("a list"))?;
        let node = |(at, value)| Node { value, pointer: format!("{}/{at}", self.pointer) };
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
        let fits = |c: char| c.is_ascii_alphanumeric() || "_*?".contains(c) || more.contains(c);
        match text.chars().find(|c| !fits(*c)) {
            Some(odd) => Err(self.wrong(format!("no such name holds {odd:?}: this can never match"))),
            None => Ok(Pattern::new(text)),
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
        let value = self.object.get(key)?;
        Some(Node { value, pointer: format!("{}/{}", self.pointer, escaped(key)) })
    }

    /// A member that has to be there.
    pub fn required(&self, key: &str) -> Read<Node<'v>> {
        self.get(key).ok_or_else(|| self.wrong(format!("{key} is missing")))
    }

    /// What is wrong with the whole.
    pub fn wrong(&self, why: impl Into<String>) -> Wrong {
        Wrong { pointer: self.pointer.clone(), why: why.into() }
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
