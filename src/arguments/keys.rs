//! Reads arguments by key into a type, with errors that name the place as the caller does: `spec.limit: expected …`.
//! Which keys a type has is asked of the type itself, so that there is no second list.

use std::cell::Cell;

use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, Visitor,
};
use serde_json::Value;

use super::At;
use crate::error::{Code, Error, Result};
use crate::operation::Object;

/// What is wrong: of which key, and what.
#[derive(Debug)]
struct Wrong(String, String);

impl std::fmt::Display for Wrong {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}{}", self.0, self.1)
    }
}

impl std::error::Error for Wrong {}

impl de::Error for Wrong {
    fn custom<T: std::fmt::Display>(message: T) -> Wrong {
        Wrong(String::new(), message.to_string())
    }

    fn missing_field(field: &'static str) -> Wrong {
        Wrong(field.into(), " is missing".into())
    }
}

/// The value of these keys as a type.
///
/// # Errors
/// `invalid_spec`: a key is missing, or its value is not of its kind.
pub fn read<T: DeserializeOwned>(object: Object, at: At) -> Result<T> {
    let keys = Keys { left: object.into_iter(), current: None };
    T::deserialize(MapAccessDeserializer::new(keys))
        .map_err(|Wrong(key, what)| Error::new(Code::InvalidSpec, format!("{}{what}", at(&key))))
}

/// Takes the entries with these keys out of an object.
pub fn take(object: &mut Object, keys: &[&str]) -> Object {
    keys.iter().filter_map(|key| object.shift_remove_entry(*key)).collect()
}

struct Keys {
    left: serde_json::map::IntoIter,
    current: Option<(String, Value)>,
}

impl<'de> MapAccess<'de> for Keys {
    type Error = Wrong;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> std::result::Result<Option<K::Value>, Wrong> {
        self.current = self.left.next();
        let Some((key, _)) = &self.current else { return Ok(None) };
        let key: StrDeserializer<Wrong> = key.as_str().into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> std::result::Result<S::Value, Wrong> {
        let (key, value) = self.current.take().unwrap_or_default();
        // A key that must be there: `null` is as good as nothing.
        let absent = value.is_null();
        seed.deserialize(value).map_err(|why| {
            let what = if absent { " is missing".to_string() } else { why.to_string() };
            Wrong(key, what)
        })
    }
}

/// The keys of a type.
pub fn of<T: DeserializeOwned>() -> &'static [&'static str] {
    let keys = Cell::new(&[][..]);
    let _ = T::deserialize(Asked(&keys));
    keys.get()
}

/// Notes the keys that a type asks for, and gives it nothing.
struct Asked<'a>(&'a Cell<&'static [&'static str]>);

impl<'de> Deserializer<'de> for Asked<'_> {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> std::result::Result<V::Value, Wrong> {
        Err(Wrong(String::new(), String::new()))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> std::result::Result<V::Value, Wrong> {
        self.0.set(fields);
        self.deserialize_any(visitor)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}
