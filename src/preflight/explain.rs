//! What Odoo's refusal means, by the same knowledge that the checks have: the field, keyword or model that was
//! meant, and the command without what is not allowed. It adds hints and changes nothing else; it may ask for
//! fields, as nothing is lost any more.

use serde_json::{Value, json};

use super::{Check, denials, gone, keywords, named, wizards};
use crate::error::{Code, Error};
use crate::hint::{Action, Hint};
use crate::knowledge::methods::{self, Role};
use crate::knowledge::{models, states};
use crate::odoo::lookup::model_called;
use crate::operation::{Object, Operation};
use crate::suggest::closest_model;
use crate::text::shell::quoted;

/// Adds what is known to a refusal.
pub fn explain(
    check: &Check,
    operation: &Operation,
    mut error: Error,
    models: &dyn Fn() -> Vec<String>,
) -> Error {
    let mut hints = match error.code {
        Code::InvalidRequest | Code::ServerError | Code::Rejected => of_arguments(check, operation, &error),
        Code::AccessDenied => {
            let named = of_access(operation, &error);
            match named.is_empty() {
                true => denials::explained(check, operation, &error).into_iter().collect(),
                false => named,
            }
        }
        Code::NotFound => of_names(check, operation, &error, models),
        _ => Vec::new(),
    };
    hints.extend(wizards::of_refusal(operation, &error));
    hints.extend(of_export(operation, &error));
    if let Some((gone, list)) = gone::named(check, operation, &error) {
        hints.push(list);
        // What Odoo says of it is about a deletion that nobody asked for.
        error.message =
            format!("Odoo refused {}/{} and changed nothing: {gone}", operation.model, operation.method);
    }
    for hint in hints {
        if !error.hints.contains(&hint) {
            error.hints.push(hint);
        }
    }
    error
}

/// An export needs a right of its own, and gives nothing that cannot be read.
fn of_export(operation: &Operation, error: &Error) -> Option<Hint> {
    if operation.method != "export_data" || !matches!(error.code, Code::Rejected | Code::AccessDenied) {
        return None;
    }
    let mut read = Action::new("search_read").with("model", operation.model.as_str()).with("all", true);
    if let Some(ids) = operation.ids.as_deref().filter(|ids| !ids.is_empty()) {
        read = read.with("domain", json!([["id", "in", ids]]));
    }
    let names = operation.kwargs.get("fields_to_export").and_then(Value::as_array).into_iter().flatten();
    let names: Vec<Value> =
        names.filter(|name| name.as_str().is_some_and(|name| !name.contains('/'))).cloned().collect();
    if !names.is_empty() {
        read = read.with("fields", names);
    }
    Some(Hint::new("what may be read is read without that right: ").action(read))
}

/// An answer that Odoo could not write, mostly for `raw` of a file: the same call with the field that is meant.
pub fn unanswerable(operation: &Operation, error: Error) -> Error {
    let fields =
        methods::of(&operation.model, &operation.method).and_then(|method| method.argument(Role::Fields));
    let (Code::ServerError, Some(argument)) = (error.code, fields) else { return error };
    if operation.model == "ir.attachment" && is_everything(operation, argument.name) {
        let all = match operation.ids.as_deref().filter(|ids| !ids.is_empty()) {
            Some(ids) => Action::new("read").with("model", operation.model.as_str()).with("ids", json!(ids)),
            None => {
                let search = Action::new("search_read").with("model", operation.model.as_str());
                match operation.kwargs.get("domain").filter(|domain| domain.is_array()) {
                    Some(domain) => search.with("domain", domain.clone()),
                    None => search,
                }
            }
        };
        return error
            .with_hint(Hint::new("every field but that one: ").action(all.with("fields", json!(["*"]))));
    }
    let mut meant = operation.clone();
    let Some(fields) = meant.kwargs.get_mut(argument.name).and_then(Value::as_array_mut) else {
        return error;
    };
    let Some(at) = fields.iter().position(|name| name == "raw") else { return error };
    fields.retain(|name| name != "raw");
    if !fields.iter().any(|name| name == "datas") {
        fields.insert(at, "datas".into());
    }
    error.with_hint(Hint::new("raw of a binary file is no text, datas is meant: ").call(meant))
}

/// Whether no fields are named, which are all of them then.
fn is_everything(operation: &Operation, key: &str) -> bool {
    match operation.kwargs.get(key) {
        Some(Value::Array(fields)) => fields.is_empty(),
        Some(value) => value.is_null() || *value == false,
        None => true,
    }
}

/// A wrong argument: the rules again, this time with the fields asked for.
fn of_arguments(check: &Check, operation: &Operation, error: &Error) -> Vec<Hint> {
    let says = error.odoo.as_deref().map(|odoo| odoo.message.as_str()).unwrap_or_default();
    // JSON-2 binds the arguments itself; the older protocols leave it to Python, which names the method, or misses the
    // first of its arguments.
    let is_unbound = error.http_status == Some(422)
        || says.contains(&format!("{}() ", operation.method))
        || says.ends_with("index out of range");
    let words =
        ["keyword argument", "required argument", "required positional argument", "index out of range"];
    if let Some(takes) = keywords::of(check, operation)
        && is_unbound
        && words.iter().any(|words| says.contains(words))
        && let Some(key) = operation.kwargs.keys().find(|key| !takes.contains(&key.as_str()))
    {
        let text = match keywords::meant(key, &takes) {
            Some(meant) => format!("{} takes {meant}, not {key}", operation.method),
            None if takes.is_empty() => format!("{} takes no arguments", operation.method),
            None => format!("{} takes {}", operation.method, takes.join(", ")),
        };
        return vec![text.into()];
    }
    if (says.contains("missing a required argument")
        || is_unbound && says.contains("required positional argument"))
        && let Some(takes) = keywords::of(check, operation)
    {
        return vec![format!("{} takes {}", operation.method, takes.join(", ")).into()];
    }
    if let Some((model, name)) = spelt_out(says) {
        let lookup = Action::new("lookup").with("kind", model).with("query", name).with("one", true);
        return vec![Hint::new("a name stands where an id belongs: ").action(lookup)];
    }
    if says.starts_with("Expected singleton") {
        return vec![format!("{} takes exactly one record: give one id", operation.method).into()];
    }
    let filling = Filling(check);
    let again = Check::new(check.rules, &filling, operation);
    let mut mended = operation.clone();
    match again.run(&mut mended) {
        Err(refusal) if refusal.code == Code::PreflightRefused => match refusal.errors.is_empty() {
            true => std::iter::once(refusal.message.into()).chain(refusal.hints).collect(),
            false => refusal.errors,
        },
        _ => match operation.kwargs.get("domain") {
            // What was not at hand before, and would have been mended.
            Some(domain) if mended.kwargs.get("domain") != Some(domain) => {
                let meant = mended.kwargs.get("domain").cloned().unwrap_or_default();
                vec![Hint::new("write ").with("domain", meant)]
            }
            Some(domain) => {
                named::check(&again, operation, domain);
                again.notes()
            }
            None => Vec::new(),
        },
    }
}

/// A text that Odoo took for the ids of records, letter by letter: the model, and the text.
fn spelt_out(says: &str) -> Option<(&str, String)> {
    let (model, letters) = says.strip_prefix("Expected singleton: ")?.strip_suffix(')')?.split_once('(')?;
    crate::operation::check_model(model).ok()?;
    let letters = letters.split("', '").map(|letter| letter.trim_matches('\''));
    let letters: Vec<&str> = letters.collect();
    let is_spelt = letters.len() > 1 && letters.iter().all(|letter| letter.chars().count() <= 1);
    let name: String = letters.concat();
    (is_spelt && !name.chars().all(|letter| letter.is_ascii_digit())).then_some((model, name))
}

/// Fields that are not at hand are asked for.
pub struct Filling<'a, 'b>(pub &'a Check<'b>);

impl crate::odoo::schema::Schemas for Filling<'_, '_> {
    fn known(&self, model: &str) -> Option<std::sync::Arc<crate::odoo::schema::Schema>> {
        self.0.schemas.filled(model).ok().flatten()
    }

    fn filled(
        &self,
        model: &str,
    ) -> crate::error::Result<Option<std::sync::Arc<crate::odoo::schema::Schema>>> {
        Ok(self.known(model))
    }

    fn version(&self) -> crate::knowledge::Version {
        self.0.version
    }

    fn ask(&self, question: Operation) -> Option<Value> {
        self.0.schemas.ask(question)
    }

    fn asked(&self, question: Operation) -> Option<crate::error::Result<Value>> {
        self.0.schemas.asked(question)
    }

    fn user_id(&self) -> Option<i64> {
        self.0.schemas.user_id()
    }

    fn companies(&self) -> Option<Vec<i64>> {
        self.0.schemas.companies()
    }

    fn has_group(&self, group: &str) -> Option<bool> {
        self.0.schemas.has_group(group)
    }
}

/// A field that this user may not touch: it stands in quotes in Odoo's message, whatever its language.
fn of_access(operation: &Operation, error: &Error) -> Vec<Hint> {
    let says = error.odoo.as_deref().map(|odoo| odoo.message.as_str()).unwrap_or_default();
    // A list of records that this user may not read fails by the name of its field; up to 17 the fields are listed,
    // each with its groups.
    let is_unread = |name: &str| {
        says.contains(&format!("{}.{name}\n", operation.model)) || says.contains(&format!("\n- {name} ("))
    };
    let quoted_name = |name: &str| {
        [('"', '"'), ('“', '”'), ('«', '»'), ('„', '“'), ('\'', '\'')]
            .iter()
            .any(|(open, close)| says.contains(&format!("{open}{name}{close}")))
            || is_unread(name)
            || says.contains(&format!("« {name} »"))
            || says.contains(&format!("«\u{a0}{name}\u{a0}»"))
    };
    let mut without = operation.clone();
    let mut named = None;
    for key in ["fields", "vals", "vals_list"] {
        match without.kwargs.get_mut(key) {
            Some(Value::Array(items)) => {
                items.retain_mut(|item| match item {
                    Value::String(name) if quoted_name(name) => {
                        named = Some(name.clone());
                        false
                    }
                    Value::Object(vals) => {
                        named = drop_named(vals, &quoted_name).or(named.take());
                        true
                    }
                    _ => true,
                });
            }
            Some(Value::Object(vals)) => named = drop_named(vals, &quoted_name).or(named),
            _ => {}
        }
    }
    let Some(name) = named else { return Vec::new() };
    let is_empty = ["fields", "vals"].iter().any(|key| match without.kwargs.get(*key) {
        Some(Value::Array(items)) => items.is_empty(),
        Some(Value::Object(vals)) => vals.is_empty(),
        _ => false,
    });
    if is_empty {
        return vec![format!("this is about one field: this user may not use {name}").into()];
    }
    vec![
        Hint::new(format!("this is about one field: this user may not use {name}; without it: "))
            .call(without),
    ]
}

fn drop_named(vals: &mut Object, quoted_name: &dyn Fn(&str) -> bool) -> Option<String> {
    let name = vals.keys().find(|name| quoted_name(name)).cloned()?;
    vals.shift_remove(&name);
    Some(name)
}

/// A model or method that does not exist.
fn of_names(
    check: &Check,
    operation: &Operation,
    error: &Error,
    models: &dyn Fn() -> Vec<String>,
) -> Vec<Hint> {
    let Some(odoo) = error.odoo.as_deref() else { return Vec::new() };
    let (model, method) = (operation.model.as_str(), operation.method.as_str());
    let is_method = match odoo.name.as_str() {
        "werkzeug.exceptions.NotFound" => odoo.message.contains(&format!("'{model}.{method}'")),
        // By the older protocols.
        "builtins.AttributeError" => true,
        "builtins.KeyError" | "odoo.exceptions.UserError" => false,
        _ => return Vec::new(),
    };
    if is_method {
        let instead = match method {
            "read_group" => Hint::default()
                .action(Action::new("group").with("model", model).with("by", "FIELD"))
                .text(", which is formatted_read_group"),
            "name_get" => Hint::default().action(
                Action::new("read")
                    .with("model", model)
                    .with("ids", "ID")
                    .with("fields", vec!["display_name"]),
            ),
            "fields_view_get" | "load_views" => "get_views does that".into(),
            _ => match methods::renamed(model, method).or_else(|| method_meant(model, method)) {
                Some(close) => format!("did you mean {close}?").into(),
                None => return Vec::new(),
            },
        };
        return vec![instead];
    }
    let singular = model.strip_suffix('s').and_then(models::renamed);
    let other_name = models::renamed(model).or(singular).or_else(|| models::name_in(model, check.version));
    if let Some(meant) = other_name.or_else(|| model_called(model)) {
        return vec![format!("did you mean {meant}?").into()];
    }
    let models = models();
    // What the sandbox lacks is mostly no misspelling.
    let is_gap = crate::embedded::is_gap(&odoo.message);
    let close = closest_model(model, models.iter().map(String::as_str))
        .filter(|close| !is_gap || strsim::osa_distance(model, close) <= 2);
    if let Some(close) = close {
        return vec![format!("did you mean {}?", quoted(close)).into()];
    }
    let word = model.rsplit('.').next().unwrap_or(model);
    let find = Action::new("doc_index").with("names", true).with("match", word);
    match is_gap || models.is_empty() {
        true => Vec::new(),
        false => vec![Hint::new("no app of this Odoo has it; what there is: ").action(find)],
    }
}

/// Methods that nobody should be led to by a guess.
const DRASTIC: [&str; 3] = ["action_archive", "toggle_active", "unlink"];

/// The method that a name was meant to be: a button of the model under its other prefix, or a name one or two
/// letters away. A wrong guess would be carried out, so that a name of few letters has to be closer.
fn method_meant(model: &str, given: &str) -> Option<&'static str> {
    let bare = |name: &str| {
        name.strip_prefix("action_").or_else(|| name.strip_prefix("button_")).unwrap_or(name).to_string()
    };
    if let Some(button) = states::buttons(model).find(|button| bare(button) == bare(given)) {
        return Some(button).filter(|button| *button != given);
    }
    states::buttons(model)
        .chain(methods::names(model))
        .filter(|method| *method != given)
        .map(|method| (strsim::osa_distance(given, method), method))
        .filter(|(distance, method)| {
            let most = if DRASTIC.contains(method) || given.len() < 6 { 1 } else { 2 };
            *distance <= most
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, method)| method)
}

#[cfg(test)]
mod tests {
    use super::spelt_out;

    #[test]
    fn a_name_in_the_place_of_an_id_is_put_together_again() {
        for (says, found) in [
            (
                "Expected singleton: mail.activity.type('T', 'o', ' ', 'D', 'o')",
                Some(("mail.activity.type", "To Do")),
            ),
            ("Expected singleton: res.partner(1, 2)", None),
            ("Expected singleton: res.partner()", None),
            ("Expected singleton: res.partner('1', '2')", None),
        ] {
            let found = found.map(|(model, name)| (model, name.to_string()));
            assert_eq!(spelt_out(says), found, "{says}");
        }
    }
}
