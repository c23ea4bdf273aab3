//! The fields of a model with their attributes, as they are told and as they are kept: a JSON object with a member a
//! line, so that whoever wants a handful of some hundred reads no more than where each begins. It knows no attribute.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

use serde_json::Value;
use serde_json::value::RawValue;

use crate::members::Members;
use crate::text::json::compact;

/// So many names are sooner looked through than put in order.
const FEW: usize = 500;

/// Names and attributes, in Odoo's order.
pub struct Fields {
    text: String,
    /// Names, and where in the text the attributes are.
    places: Vec<(String, Range<usize>)>,
    /// Places by name: with a hundred thousand of them none is looked for one by one.
    index: OnceLock<HashMap<String, usize>>,
}

impl Fields {
    /// Those of an object as Odoo tells it.
    ///
    /// # Errors
    /// It is none.
    pub fn told(json: &str) -> serde_json::Result<Fields> {
        let Members(members) = serde_json::from_str::<Members<&RawValue>>(json)?;
        let mut text = String::with_capacity(json.len());
        let mut places = Vec::with_capacity(members.len());
        for (name, attributes) in members {
            text.push_str(if places.is_empty() { "{\n" } else { ",\n" });
            text.push_str(&Value::from(name.as_str()).to_string());
            text.push(':');
            let begin = text.len();
            text.push_str(&compact(attributes.get()));
            places.push((name, begin..text.len()));
        }
        text.push_str(if places.is_empty() { "{}" } else { "\n}" });
        Ok(Fields { text, places, index: OnceLock::new() })
    }

    /// Those of a text that was kept; none where it is no object.
    pub fn kept(text: String) -> Option<Fields> {
        match by_line(&text) {
            Some(places) => Some(Fields { text, places, index: OnceLock::new() }),
            None => Fields::told(&text).ok(),
        }
    }

    /// What is to be kept.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.places.iter().map(|(name, _)| name.as_str())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The attributes of every field, as JSON.
    pub fn attributes(&self) -> impl Iterator<Item = &str> {
        self.places.iter().map(|(_, place)| &self.text[place.clone()])
    }

    /// Whether there is a field of this name.
    pub fn has(&self, name: &str) -> bool {
        self.place(name).is_some()
    }

    /// The attributes of the field of this name, as JSON: the first, should there be two.
    pub fn of(&self, name: &str) -> Option<&str> {
        let (_, place) = &self.places[self.place(name)?];
        Some(&self.text[place.clone()])
    }

    fn place(&self, name: &str) -> Option<usize> {
        if self.places.len() <= FEW {
            return self.names().position(|one| one == name);
        }
        let index = self.index.get_or_init(|| {
            let places = self.names().enumerate().collect::<Vec<_>>().into_iter().rev();
            places.map(|(place, name)| (name.to_string(), place)).collect()
        });
        index.get(name).copied()
    }
}

/// Names and places of a text with a member a line, none where it is another.
fn by_line(text: &str) -> Option<Vec<(String, Range<usize>)>> {
    let lines = text.strip_prefix("{\n")?.strip_suffix("\n}")?;
    let mut begin = 2;
    let mut places = Vec::new();
    for line in lines.split('\n') {
        let (name, attributes) = line.strip_prefix('"')?.split_once("\":")?;
        let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let attributes = attributes.strip_suffix(',').unwrap_or(attributes);
        if !is_plain || !attributes.starts_with('{') || !attributes.ends_with('}') {
            return None;
        }
        let from = begin + name.len() + 3;
        places.push((name.to_string(), from..from + attributes.len()));
        begin += line.len() + 1;
    }
    Some(places)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(fields: &Fields) -> Vec<(&str, &str)> {
        fields.names().zip(fields.attributes()).collect()
    }

    #[test]
    fn what_was_told_is_kept_and_found_by_name() {
        for told in [
            r#"{"id": {"type": "integer"}, "name": {"string": "A \"name\",\nin {two}", "type": "char"}}"#,
            "{\n  \"id\": {\n \"type\": \"integer\"},\r\n \"name\": {\"type\":\"char\"}\n}",
            "{}",
            r#"{"a\nb": {"type": "char"}, "é": {}, "id": {}, "x": 1}"#,
            r#"{"id": {"type": "integer"}, "id": {"type": "char"}}"#,
        ] {
            let fields = Fields::told(told).unwrap();
            let plain: Members<Value> = serde_json::from_str(told).unwrap();
            let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
            for at in
                [&fields, &Fields::kept(fields.text().into()).unwrap(), &Fields::kept(told.into()).unwrap()]
            {
                assert_eq!(all(at), all(&fields), "{told}");
                let pairs: Vec<_> =
                    all(at).into_iter().map(|(name, it)| (name.to_string(), read(it))).collect();
                assert_eq!(pairs, plain.0, "{told}");
                for (name, _) in &plain.0 {
                    assert_eq!(at.of(name).map(read).as_ref(), plain.get(name), "{told}");
                }
                assert!(!at.has("ID") && at.of("").is_none());
            }
        }
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for text in ["", "[]", "null", "{\n\"id\":{\n}", "{\n\"id\":{}\n\"name\":{}", "{\n\n}x", "\"{\\n\""] {
            assert!(Fields::told(text).is_err() && Fields::kept(text.into()).is_none(), "{text:?}");
        }
    }

    #[test]
    fn among_many_the_first_of_a_name_is_found_too() {
        let member = |n: usize| format!("\"field_{}\": {{\"n\": {n}}}", n % 1000);
        let json = format!("{{{}}}", (0..2000).map(member).collect::<Vec<_>>().join(", "));
        let fields = Fields::told(&json).unwrap();
        assert_eq!((fields.of("field_7"), fields.of("field_1000")), (Some(r#"{"n":7}"#), None));
    }
}
