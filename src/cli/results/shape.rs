//! What a result is made of, seen from its text.

use serde_json::value::RawValue;

use crate::members::Members;
use crate::outcome::Place;

/// What a result is made of.
pub enum Shape<'j> {
    /// Objects.
    Records(Vec<&'j RawValue>),
    /// One object.
    Record(Members<&'j RawValue>),
    /// A list of something else.
    Items(Vec<&'j RawValue>),
    /// A list of nothing.
    Nothing,
    /// Neither list nor object.
    Scalar(&'j str),
}

/// Looks at a result.
pub fn shape<'j>(part: &'j str, place: Place) -> Shape<'j> {
    if let Place::Under(key) = place
        && let Some(list) = Members::of(part).and_then(|whole| whole.get(key).copied())
    {
        return shape(list.get(), Place::Whole);
    }
    let part = part.trim();
    if let Some(record) = Members::of(part) {
        return Shape::Record(record);
    }
    let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(part) else { return Shape::Scalar(part) };
    match items.iter().all(|item| item.get().starts_with('{')) {
        _ if items.is_empty() => Shape::Nothing,
        true => Shape::Records(items),
        false => Shape::Items(items),
    }
}

/// Objects by name as a list of objects that hold their name. None if there is no such key.
pub fn named_rows(whole: &str, key: &str) -> Option<String> {
    let objects = Members::of(Members::of(whole)?.get(key)?.get())?;
    let rows = objects.0.iter().map(|(name, object)| {
        let mut row = format!("{{\"name\":{}", serde_json::Value::from(name.as_str()));
        let members = Members::of(object.get()).map(|members| members.0).unwrap_or_default();
        for (key, value) in members.iter().filter(|(key, _)| key != "name") {
            row += &format!(",{}:{}", serde_json::Value::from(key.as_str()), value.get());
        }
        row + "}"
    });
    Some(format!("[{}]", rows.collect::<Vec<_>>().join(",")))
}
