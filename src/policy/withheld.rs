//! Fields that do not leave: secrets, whatever the policy, unless it opens them by name and says why; and what it wants
//! withheld. They are left out of what is asked and of what is answered, never replaced, so that nothing can be
//! written back; and nobody is told of them by a condition, an order, a group or an import.

use std::borrow::Cow;
use std::collections::HashSet;

use serde_json::Value;

use super::act::Act;
use super::asked::Asked;
use super::document::{Action, Document};
use super::pattern::ModelNames;
use super::policies::Policies;
use crate::knowledge::methods::{self, Role};
use crate::knowledge::sensitive;
use crate::operation::{Object, Operation};

/// Why a field does not leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It is a secret by its name.
    Secret,
    /// The policy says so.
    Redacted,
}

/// What a field is withheld by, at one place of an answer.
pub struct Withheld<'p> {
    policies: &'p Policies,
    model: ModelNames,
    now: u64,
}

impl<'p> Withheld<'p> {
    /// For operations on a model.
    pub fn new(policies: &'p Policies, model: &str, now: u64) -> Withheld<'p> {
        Withheld { policies, model: ModelNames::of(model), now }
    }

    /// Whether a field is, so deep below a record of the model.
    pub fn is(&self, field: &str, depth: usize) -> Option<Why> {
        if sensitive::is_secret(field) && !self.is_opened(field) {
            return Some(Why::Secret);
        }
        let is_redacted = |document: &Document| {
            document.redact.iter().any(|it| {
                // Deeper down it may be of any model.
                it.field.holds(field)
                    && it.model.as_ref().is_none_or(|model| depth > 0 || model.touches(&self.model))
            })
        };
        let redacts = self.policies.enforced().any(|loaded| is_redacted(&loaded.document));
        (redacts && field != "id").then_some(Why::Redacted)
    }

    /// Whether every document has a rule that opens this field by its name, and says why.
    fn is_opened(&self, field: &str) -> bool {
        let opens = |document: &Document| {
            document.rules.iter().any(|rule| {
                rule.action == Action::Allow
                    && rule.reason.is_some()
                    && rule.expires.is_none_or(|end| self.now < end)
                    && rule.matches.fields.iter().flatten().any(|it| it.is_literal() && it.text() == field)
                    && rule
                        .matches
                        .models
                        .as_ref()
                        .is_none_or(|all| all.iter().any(|it| it.covers(&self.model)))
            })
        };
        // Where all of them only watch, none opens anything.
        self.policies.enforced().next().is_some()
            && self.policies.enforced().all(|loaded| opens(&loaded.document))
    }

    /// The first that an operation names without showing it, or shows in the names of records.
    pub fn named_in<'o>(&self, asked: &Asked<'o>) -> Option<(&'o str, Why)> {
        // Beside more than names there may be those of other models' records.
        let depth = usize::from(asked.itself().is_some_and(Act::tells));
        let shown = asked.shown.iter().map(|field| (*field, depth));
        let mut all = asked.named.iter().copied().chain(shown);
        all.find_map(|(field, depth)| Some((field, self.is(field, depth)?)))
    }

    /// Takes such fields out of what an operation asks for; which they were.
    pub fn take_out(&self, operation: &mut Operation) -> Vec<String> {
        let mut out = Vec::new();
        if methods::describes(&operation.method) {
            return out;
        }
        let (model, method) = (operation.model.clone(), operation.method.clone());
        for (name, value) in &mut operation.kwargs {
            match methods::role(&model, &method, name) {
                Role::Fields | Role::Shown => self.strip_list(value, &mut out),
                Role::Specification => self.strip_specification(value, 0, &mut out),
                Role::GroupSpecification => {
                    let inner = value.as_object_mut().into_iter().flat_map(|all| all.values_mut());
                    inner.for_each(|inner| self.strip_specification(inner, 1, &mut out));
                }
                _ => {}
            }
        }
        out
    }

    fn strip_list(&self, value: &mut Value, out: &mut Vec<String>) {
        let Value::Array(names) = value else { return };
        let before = names.len();
        names.retain(|name| {
            let is_out = name.as_str().is_some_and(|name| self.is(name, 0).is_some());
            if is_out {
                out.extend(name.as_str().map(str::to_string));
            }
            !is_out
        });
        // None at all would be every field.
        if names.is_empty() && before > 0 {
            names.push("id".into());
        }
    }

    fn strip_specification(&self, value: &mut Value, depth: usize, out: &mut Vec<String>) {
        let Value::Object(fields) = value else { return };
        fields.retain(|name, _| {
            let is_out = self.is(name, depth).is_some();
            if is_out {
                out.push(name.clone());
            }
            !is_out
        });
        for inner in fields.values_mut().filter_map(|more| more.get_mut("fields")) {
            self.strip_specification(inner, depth + 1, out);
        }
    }

    /// An answer without them, and which they were; none where there were none.
    ///
    /// # Errors
    /// There may be some, and the answer cannot be looked through.
    pub fn without(&self, answer: &str) -> serde_json::Result<Option<(Value, Vec<String>)>> {
        if !self.has_key(answer) {
            return Ok(None);
        }
        let mut value: Value = serde_json::from_str(answer)?;
        let mut out = Vec::new();
        self.strip(&mut value, 0, &mut out);
        Ok((!out.is_empty()).then_some((value, out)))
    }

    /// Takes them out of a value that is at hand.
    pub fn strip_from(&self, value: &mut Value) {
        self.strip(value, 0, &mut Vec::new());
    }

    /// Looks through the keys of a JSON text, without making anything of it.
    fn has_key(&self, text: &str) -> bool {
        let bytes = text.as_bytes();
        // Rows have the same keys over and over, and in the same order.
        let (mut seen, mut order): (HashSet<Cow<str>>, Vec<Cow<str>>) = (HashSet::new(), Vec::new());
        let mut next = 0;
        let mut at = 0;
        while let Some(quote) = bytes.get(at..).and_then(|rest| rest.iter().position(|byte| *byte == b'"')) {
            let start = at + quote + 1;
            let mut end = start;
            let mut is_escaped = false;
            while let Some(byte) = bytes.get(end) {
                match byte {
                    b'\\' => {
                        is_escaped = true;
                        end += 2;
                    }
                    b'"' => break,
                    _ => end += 1,
                }
            }
            at = end + 1;
            let blanks = bytes
                .get(at..)
                .map_or(0, |rest| rest.iter().take_while(|it| it.is_ascii_whitespace()).count());
            if bytes.get(at + blanks) == Some(&b':') {
                let key = text.get(start..end).unwrap_or_default();
                // Written with escapes it may be the same; what is no text is the name of nothing.
                let plain = |key: &str| serde_json::from_str::<String>(&format!("\"{key}\"")).ok();
                let key = if is_escaped { plain(key).map(Cow::Owned) } else { Some(Cow::Borrowed(key)) };
                let Some(key) = key else { continue };
                if let Some(place) = [next, 0].into_iter().find(|place| order.get(*place) == Some(&key)) {
                    next = place + 1;
                    continue;
                }
                if seen.contains(&key) {
                    continue;
                }
                if self.is(&key, 1).is_some() {
                    return true;
                }
                seen.insert(key.clone());
                order.push(key);
                next = order.len();
            }
        }
        false
    }

    fn strip(&self, value: &mut Value, depth: usize, out: &mut Vec<String>) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| self.strip(item, depth, out)),
            Value::Object(object) => {
                object.retain(|name, value| {
                    let is_out = match self.is(name, depth) {
                        // What is no text is no secret: a description of the field, or that there is none.
                        Some(Why::Secret) => matches!(value, Value::String(_) | Value::Number(_)),
                        Some(Why::Redacted) => true,
                        None => false,
                    };
                    if is_out && !out.contains(name) {
                        out.push(name.clone());
                    }
                    !is_out
                });
                let wrapped = if depth == 0 { wrapped(object) } else { None };
                for (name, inner) in object.iter_mut() {
                    let deeper = usize::from(wrapped != Some(name.as_str()) && name != "__records");
                    self.strip(inner, depth + deeper, out);
                }
            }
            _ => {}
        }
    }
}

/// Where an answer holds the records themselves, if it is no record: `{"length": 1, "records": [{…}]}`, groups
/// likewise, and the values of a form.
fn wrapped(object: &Object) -> Option<&'static str> {
    let is_list = |name: &str| object.get(name).is_some_and(Value::is_array);
    if object.contains_key("id") {
        return None;
    }
    if object.get("length").is_some_and(Value::is_number) {
        return ["records", "groups"].into_iter().find(|name| is_list(name));
    }
    object.get("value").is_some_and(Value::is_object).then_some("value")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::kwargs;
    use crate::policy::tests::{NOON, policies};
    use serde_json::json;

    fn stripped(policies: &Policies, answer: Value) -> Value {
        let withheld = Withheld::new(policies, "res.users", NOON);
        withheld.without(&answer.to_string()).unwrap().map_or(answer, |(value, _)| value)
    }

    #[test]
    fn secrets_are_left_out_at_any_depth_and_descriptions_of_them_are_not() {
        let none = Policies::default();
        assert_eq!(
            stripped(
                &none,
                json!([{ "id": 1, "password": "x", "p": { "api_key": "y", "n": [{ "totp_secret": "z" }] } }])
            ),
            json!([{ "id": 1, "p": { "n": [{}] } }])
        );
        let described = json!({ "password": { "type": "char" }, "note": "my \"password\": x" });
        assert_eq!(stripped(&none, described.clone()), described);
        let escaped = Withheld::new(&none, "res.users", NOON).without(r#"{"pass\u0077ord":"x"}"#).unwrap();
        assert_eq!(escaped.unwrap().0, json!({}));
    }

    #[test]
    fn a_name_with_escapes_is_the_same_name_and_what_is_no_text_is_none() {
        let none = Policies::default();
        let withheld = Withheld::new(&none, "res.users", NOON);
        let rest = |answer: &str| withheld.without(answer).map(|rest| rest.map(|(rest, _)| rest.to_string()));
        assert_eq!(rest(r#"[{"id":1,"p\u0061ssword":"x"}]"#).unwrap().as_deref(), Some(r#"[{"id":1}]"#));
        for right in [r#"[{"id":2,"\ud800":"kept"}]"#, r#"[{"n":1e400,"caf\u00e9":"password"}]"#] {
            assert!(rest(right).unwrap().is_none(), "{right}");
        }
        assert!(rest(r#"[{"password":"x","\ud800":"kept"}]"#).is_err());
    }

    #[test]
    fn a_rule_opens_one_by_name_and_says_why() {
        let open = policies(&json!({ "version": "1", "rules": [
            { "match": { "model": "res.users", "fields": ["api_key"] }, "action": "allow", "reason": "Rotation" } ] }));
        let answer = json!({ "api_key": "y", "password": "x" });
        assert_eq!(stripped(&open, answer.clone()), json!({ "api_key": "y" }));
        let watching = policies(&json!({ "version": "1", "mode": "shadow", "redact": ["login"] }));
        assert_eq!(stripped(&watching, json!({ "password": "x", "login": "l" })), json!({ "login": "l" }));
        let ended = policies(&json!({ "version": "1", "rules": [
            { "match": { "fields": ["api_key"] }, "action": "allow", "reason": "Rotation", "expires": "2026-01-01" } ] }));
        assert_eq!(stripped(&ended, answer), json!({}));
    }

    #[test]
    fn what_is_redacted_is_left_out_of_questions_and_answers() {
        let some = policies(&json!({ "version": "1", "redact": ["vat", "res.partner.email", "x_*"] }));
        let partner = Withheld::new(&some, "res.partner", NOON);
        let mut operation = Operation::new(
            "res.partner",
            "search_read",
            kwargs(json!({ "fields": ["name", "vat", "email"] })),
        )
        .unwrap();
        assert_eq!(partner.take_out(&mut operation), ["vat", "email"]);
        assert_eq!(operation.kwargs["fields"], json!(["name"]));
        let mut operation =
            Operation::new("res.partner", "read", kwargs(json!({ "fields": ["vat"] }))).unwrap();
        partner.take_out(&mut operation);
        assert_eq!(operation.kwargs["fields"], json!(["id"]));
        let answer = r#"[{"id":1,"email":"a","x_a":2,"partner_id":{"email":"b","name":"c"}}]"#;
        assert_eq!(
            partner.without(answer).unwrap().unwrap().0,
            json!([{ "id": 1, "partner_id": { "name": "c" } }])
        );
        let lead = Withheld::new(&some, "crm.lead", NOON);
        for own in [
            json!({ "length": 1, "records": [{ "id": 1, "email": "own" }] }),
            json!({ "length": 1, "groups": [{ "email": "own", "__records": [{ "id": 1, "email": "own" }] }] }),
            json!({ "value": { "email": "own" } }),
        ] {
            assert!(lead.without(&own.to_string()).unwrap().is_none(), "{own}");
            let partners = partner.without(&own.to_string()).unwrap().unwrap().0;
            assert!(!partners.to_string().contains("own"), "{partners}");
        }
        let of_another = json!({ "length": 1, "records": [{ "id": 1, "partner_id": { "email": "b" } }] });
        assert!(lead.without(&of_another.to_string()).unwrap().is_some());
        assert_eq!(lead.is("email", 0), None);
        assert_eq!(lead.is("email", 1), Some(Why::Redacted));
    }
}
