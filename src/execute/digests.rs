//! By what two calls are told to be one: the digest that an entry holds, and the one that an idempotency key stands for.
//! Both are over what is kept of a call, so that nobody guesses a secret by trying.

use serde_json::{Value, json};

use crate::context;
use crate::journal::kept;
use crate::operation::Operation;

/// Keys of a context that change how things are said and not what is done.
const MANNERS: [&str; 2] = ["lang", "tz"];

/// The digest of an entry.
pub fn of_entry(operation: &Operation) -> String {
    let kept = |object| kept::values(&operation.model, object);
    let kept =
        Operation { kwargs: kept(&operation.kwargs), context: kept(&operation.context), ..operation.clone() };
    kept.digest()
}

/// The digest of what is done, however it is asked for.
pub fn of_deed(operation: &Operation) -> String {
    let mut bare = operation.clone();
    let marks = context::agent_marks("");
    bare.context.retain(|key, _| !marks.contains_key(key) && !MANNERS.contains(&key.as_str()));
    // An object alone is a list of one.
    if let Some(vals) = bare.kwargs.get_mut("vals_list").filter(|vals| vals.is_object()) {
        *vals = json!([vals.take()]);
    }
    bare.kwargs.values_mut().for_each(whole_numbers);
    of_entry(&bare)
}

/// `3.0` as `3`: JSON has one number for both.
fn whole_numbers(value: &mut Value) {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match value {
        Value::Number(number) if number.is_f64() => {
            let whole = number.as_f64().filter(|number| number.fract() == 0.0 && number.abs() < EXACT);
            if let Some(whole) = whole {
                *value = json!(whole as i64);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(whole_numbers),
        Value::Object(object) => object.values_mut().for_each(whole_numbers),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Object;

    fn made(vals: Value, context: Value) -> Operation {
        let kwargs = Object::from_iter([("vals_list".to_string(), vals)]);
        let context = context.as_object().cloned().unwrap_or_default();
        Operation { context, ..Operation::new("res.partner", "create", kwargs).unwrap() }
    }

    #[test]
    fn one_deed_has_one_digest_however_it_is_asked_for() {
        let one = made(json!([{ "name": "A", "color": 3 }]), json!({ "lang": "de_DE", "agent_mode": true }));
        for same in [
            made(json!({ "color": 3, "name": "A" }), json!({})),
            made(json!([{ "name": "A", "color": 3.0 }]), json!({ "tz": "UTC" })),
        ] {
            assert_eq!(of_deed(&one), of_deed(&same));
        }
        for other in [
            made(json!([{ "name": "A", "color": 3.5 }]), json!({})),
            made(json!([{ "name": "A", "color": "3" }]), json!({})),
            made(json!([{ "name": "A", "color": 3 }]), json!({ "default_color": 3 })),
        ] {
            assert_ne!(of_deed(&one), of_deed(&other));
        }
        assert_ne!(of_entry(&one), of_entry(&made(json!([{ "name": "A", "color": 3 }]), json!({}))));
    }
}
