//! The addresses that a call itself names, wherever in its arguments or context they stand: contacts by id, mail
//! addresses, telephone numbers. Whom else it reaches, Odoo knows. Pure.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::operation::Object;

/// What was found.
#[derive(Debug, Default, PartialEq)]
pub struct Named {
    /// Contacts by their ids.
    pub partners: BTreeSet<i64>,
    /// Addresses and numbers as they stand there.
    pub addresses: Vec<String>,
}

/// Methods that reach the contacts and followers that can be told, and nobody else.
const TOLD: [&str; 2] = ["message_notify", "message_post"];

/// Whether a call may reach somebody who cannot be told from here.
pub fn may_reach_others(method: &str, kwargs: &Object, context: &Object) -> bool {
    let is_told = TOLD.contains(&method);
    // A template, a rule of the model or a key of the context can add whoever it likes.
    !is_told || !context.is_empty() || kwargs.keys().any(|key| key.contains("template") || key.contains("cc"))
}

/// Looks through arguments and context.
pub fn named(kwargs: &Object, context: &Object) -> Named {
    let mut found = Named::default();
    for (key, value) in kwargs.iter().chain(context) {
        look(key, value, &mut found);
    }
    found
}

fn look(key: &str, value: &Value, found: &mut Named) {
    let is_of = |words: &[&str]| words.iter().any(|word| key.contains(word));
    let names_partners = is_of(&["partner", "recipient"]) && !is_of(&["author"]);
    // What a text says of addresses reaches nobody.
    let names_addresses = is_of(&[
        "email",
        "mail_",
        "phone",
        "mobile",
        "sms",
        "number",
        "recipient",
        "partner_to",
        "_to",
        "_cc",
        "reply",
    ]) || matches!(key, "to" | "cc" | "bcc" | "mail" | "numbers");
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                look(key, value, found);
            }
        }
        Value::Array(_) | Value::Number(_) if names_partners => ids(value, found),
        Value::Array(items) => {
            for item in items {
                look(key, item, found);
            }
        }
        Value::String(text) if names_partners || names_addresses => {
            for part in text.split([',', ';', '\n']).map(str::trim).filter(|part| !part.is_empty()) {
                match part.parse::<i64>() {
                    Ok(id) if names_partners && id > 0 => {
                        found.partners.insert(id);
                    }
                    _ if is_address(part) && !found.addresses.iter().any(|known| known == part) => {
                        found.addresses.push(part.into());
                    }
                    _ => {}
                }
            }
        }
        _ => {}
    }
}

/// Ids as a list, or within the commands of a many2many.
fn ids(value: &Value, found: &mut Named) {
    match value {
        Value::Number(_) => found.partners.extend(value.as_i64().filter(|id| *id > 0)),
        Value::Array(items) => match items.as_slice() {
            // [4, id] and [1, id, values] name a record, [6, 0, ids] name several.
            [Value::Number(code), rest @ ..] if is_command(items) => {
                if matches!(code.as_i64(), Some(1 | 4)) {
                    found.partners.extend(rest.first().and_then(Value::as_i64));
                }
                for more in rest.iter().skip(1) {
                    match more {
                        Value::Object(values) => {
                            values.iter().for_each(|(key, value)| look(key, value, found))
                        }
                        more => ids(more, found),
                    }
                }
            }
            items => items.iter().for_each(|item| match item {
                Value::Object(values) => values.iter().for_each(|(key, value)| look(key, value, found)),
                Value::String(text) => look("partner_to", &Value::from(text.as_str()), found),
                item => ids(item, found),
            }),
        },
        _ => {}
    }
}

fn is_command(items: &[Value]) -> bool {
    items.len() == 3 && items[0].as_i64().is_some_and(|code| (0..=6).contains(&code)) && !items[2].is_number()
        || items.len() == 2 && items[0].as_i64() == Some(4)
        || items.len() == 3 && items[0].as_i64() == Some(4) && items[2].as_i64() == Some(0)
}

/// Something that letters or messages can be sent to.
fn is_address(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let is_number = digits >= 3 && text.chars().all(|c| c.is_ascii_digit() || " +-()/.".contains(c));
    is_number || text.contains('@')
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(kwargs: Value) -> (Vec<i64>, Vec<String>) {
        let found = named(kwargs.as_object().unwrap(), &Object::new());
        (found.partners.into_iter().collect(), found.addresses)
    }

    #[test]
    fn contacts_are_found_in_every_form() {
        for (form, must) in [
            (json!([11, 12]), vec![11, 12]),
            (json!([[6, 0, [11, 12]]]), vec![11, 12]),
            (json!([[4, 11, 0], [4, 12]]), vec![11, 12]),
            (json!("11, 12"), vec![11, 12]),
            (json!(11), vec![11]),
            (json!([4]), vec![4]),
            (json!([4, 5]), vec![5]),
            (json!([1, 2, 3]), vec![1, 2, 3]),
        ] {
            assert_eq!(of(json!({ "partner_ids": form })).0, must, "{form}");
        }
        assert_eq!(of(json!({ "vals_list": [{ "recipient_ids": [[6, 0, [7]]] }] })).0, [7]);
        assert_eq!(of(json!({ "author_partner_id": 3, "ids": [4], "res_id": 5 })).0, Vec::<i64>::new());
    }

    #[test]
    fn addresses_are_found_where_they_are_one() {
        let of = |kwargs| of(kwargs).1;
        assert_eq!(
            of(json!({ "outgoing_email_to": "a@b.example, C <c@d.example>" })),
            ["a@b.example", "C <c@d.example>"]
        );
        assert_eq!(
            of(json!({ "sms_numbers": ["+32 2 290 34 90", "0470/12"] })),
            ["+32 2 290 34 90", "0470/12"]
        );
        assert_eq!(
            of(json!({ "vals_list": [{ "email_to": "x@y.example", "email_cc": "z@y.example" }] })).len(),
            2
        );
        assert!(of(json!({ "body": "write to a@b.example or +32 470 12 34 56" })).is_empty());
    }
}
