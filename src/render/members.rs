//! A JSON object in the order of its text, its values not read yet.

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Keys and values as they stand.
#[derive(Default)]
pub struct Members<'j>(pub Vec<(String, &'j RawValue)>);

impl<'j> Members<'j> {
    /// The members of a text that is an object.
    pub fn of(json: &'j str) -> Option<Members<'j>> {
        serde_json::from_str(json).ok()
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&'j RawValue> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| *value)
    }

    /// Leaves only these keys, in this order.
    pub fn keep(&mut self, keys: &[&str]) {
        self.0 = keys.iter().filter_map(|key| Some((key.to_string(), self.get(key)?))).collect();
    }
}

impl<'de: 'j, 'j> Deserialize<'de> for Members<'j> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Members<'j>, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Members<'de>;

            fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}
