//! Denied access: whether it is the model, a record rule or a field, and what would allow it. Told by the form of
//! Odoo's message, which is the same in every language, and where that has none by asking. It changes nothing.

use serde_json::{Value, json};

use super::{Check, companies};
use crate::error::{Error, OdooFault};
use crate::hint::Hint;
use crate::knowledge::methods;
use crate::knowledge::models::{self, OwnDocuments};
use crate::knowledge::{AGENTS, NEW_KEY};
use crate::operation::{Access, Object, Operation, check_model};

const ACCESS_ERROR: &str = "odoo.exceptions.AccessError";
/// Where keys are made and ended.
const KEYS: [&str; 2] = ["res.users.apikeys", "res.users.apikeys.description"];

/// Models that are for few, and what everybody may read in their place.
const PUBLIC: [(&str, &str); 1] = [("hr.employee", "hr.employee.public")];

/// What is denied.
#[derive(Debug, PartialEq)]
enum Denial {
    /// Every record of a model; these groups have what this user lacks, where Odoo says which.
    Model { model: String, groups: Option<Vec<String>> },
    /// Some records of a model.
    Records { model: String, right: Option<&'static str> },
    /// A field of a model.
    Field { model: String, field: String },
    /// The guard keeps the method from agents.
    Agent,
    /// Neither: the method has a mind of its own.
    Method,
}

/// Which of these it is, in words; a field that the call names itself is told apart by `explain.rs`.
pub fn explained(check: &Check, operation: &Operation, error: &Error) -> Option<Hint> {
    let odoo = error.odoo.as_deref().filter(|odoo| odoo.name == ACCESS_ERROR)?;
    let does = does(operation);
    if told(odoo).is_none() && companies::are_foreign(check, operation) {
        // That is said where the profile's own companies are.
        return None;
    }
    let denial = told(odoo).or_else(|| of_guard(check, operation, odoo)).or_else(|| asked(check, operation));
    let said = match denial? {
        Denial::Model { model, groups } => {
            let whole = format!("this is about the whole model: this user may not {does} {model}");
            match groups.as_deref() {
                None => whole,
                Some([]) => format!("{whole}; no group has that right"),
                Some(groups) => match held(check, groups) {
                    Some(group) => refused_all_the_same(check, &model, group),
                    None if groups.len() == 1 => format!("{whole}; the group {} has that right", groups[0]),
                    None => format!("{whole}; these groups have that right: {}", groups.join("; ")),
                },
            }
        }
        Denial::Records { model, right } => {
            let does = right.unwrap_or(does);
            let own = lacking(check, &model).map(|own| format!(": {}", lifts(own))).unwrap_or_default();
            format!("this is a record rule: this user may {does} some records of {model}, but not these{own}")
        }
        Denial::Field { model, field } => {
            format!("this is about one field: {field} of {model} is for other groups than those of this user")
        }
        Denial::Agent => format!(
            "the guard of this Odoo keeps {} of {} from agents, and this user is one: a person does it",
            operation.method, operation.model
        ),
        Denial::Method => format!(
            "this is neither the model nor a record rule: {} itself refuses this user",
            operation.method
        ),
    };
    Some(match public(operation, &operation.model) {
        Some(open) => format!("{said}; what every employee may read is in {open}").into(),
        None if KEYS.contains(&operation.model.as_str()) => format!("{said}; {NEW_KEY}").into(),
        None => said.into(),
    })
}

/// The model that shows everybody what may be seen of one that is for few.
fn public(operation: &Operation, model: &str) -> Option<&'static str> {
    PUBLIC.iter().find(|(closed, _)| *closed == model && right(operation) == "read").map(|(_, open)| *open)
}

/// Whether the guard refuses: its words name model and method as nothing else of Odoo's does, or begin with agents.
fn of_guard(check: &Check, operation: &Operation, odoo: &OdooFault) -> Option<Denial> {
    let named = odoo.message.contains(&format!("{}.{}", operation.model, operation.method));
    // Where some calls of a method are kept from agents, it speaks of agents.
    let is_of_agents = odoo.message.starts_with("An agent ");
    ((named || is_of_agents) && check.schemas.has_group(AGENTS) == Some(true)).then_some(Denial::Agent)
}

/// Which of these groups this user has: they are named in the language of the call.
fn held<'a>(check: &Check, groups: &'a [String]) -> Option<&'a str> {
    let read = |model: &str, ids: Vec<i64>, field: &str| {
        let kwargs = Object::from_iter([("fields".to_string(), json!([field]))]);
        check.schemas.ask(Operation::new(model, "read", kwargs).ok()?.on(ids))
    };
    // Before 19 those that a group implies stand beside it.
    let field = if check.version < 19 { "groups_id" } else { "all_group_ids" };
    let user = read("res.users", vec![check.schemas.user_id()?], field)?;
    let own: Vec<i64> = user[0][field].as_array()?.iter().filter_map(Value::as_i64).collect();
    let own = read("res.groups", own, "full_name")?;
    let has = |group: &str| own.as_array().is_some_and(|own| own.iter().any(|one| one["full_name"] == group));
    groups.iter().map(String::as_str).find(|group| has(group))
}

/// Odoo names the groups of its rights, and a module can refuse those who have them.
fn refused_all_the_same(check: &Check, model: &str, group: &str) -> String {
    let has = format!("the group {group} has that right, and this user has the group");
    match check.schemas.has_group(AGENTS) {
        Some(true) => format!("{has}: the guard of this Odoo keeps {model} from agents; a person does it"),
        _ => format!("{has}: a module of this Odoo refuses it all the same"),
    }
}

/// What the form of the message tells.
fn told(odoo: &OdooFault) -> Option<Denial> {
    let lines = || odoo.message.lines().map(str::trim_end);
    // The records of a rule stand in a list of their own, each with the name of its model.
    if let Some(model) = lines().filter(|line| line.starts_with("- ")).find_map(in_parentheses) {
        return Some(Denial::Records { model: model.into(), right: right_in(&odoo.message) });
    }
    let (line, model) = lines().find_map(|line| Some((line, in_parentheses(line)?)))?;
    // Groups stand indented.
    let groups: Vec<String> =
        lines().filter_map(|line| line.strip_prefix("\t- ")).map(String::from).collect();
    if groups.is_empty()
        && let Some(field) = in_quotes(line)
    {
        return Some(Denial::Field { model: model.into(), field: field.into() });
    }
    Some(Denial::Model { model: model.into(), groups: Some(groups) })
}

/// The right that Odoo names in quotes above the records; in another language it is none of these words.
fn right_in(message: &str) -> Option<&'static str> {
    let above = message.split("\n- ").next()?;
    ["read", "write", "create", "unlink"].into_iter().find(|right| above.contains(&format!("'{right}'")))
}

/// The name of a model in parentheses, with an id behind it or without.
fn in_parentheses(line: &str) -> Option<&str> {
    line.split('(').skip(1).find_map(|rest| {
        let name = rest.split([')', ':']).next()?;
        (name.contains('.') && check_model(name).is_ok()).then_some(name)
    })
}

/// The name of a field in quotes of whatever language.
fn in_quotes(line: &str) -> Option<&str> {
    let quotes = ['"', '“', '”', '„', '«', '»', '‟', '「', '」'];
    let is_name = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    line.split(quotes)
        .skip(1)
        .step_by(2)
        .map(|text| text.trim_matches([' ', '\u{a0}']))
        .find(|text| is_name(text))
}

/// What Odoo answers when it is asked for the right itself: for that of the model with the groups that have it.
fn asked(check: &Check, operation: &Operation) -> Option<Denial> {
    // A question about a right is its own answer.
    if operation.method.starts_with("check_access") || operation.method == "has_access" {
        return None;
    }
    let model = operation.model.clone();
    let question = |method: &str| {
        let kwargs = Object::from_iter([("operation".to_string(), json!(right(operation)))]);
        Operation::new(&model, method, kwargs).ok()
    };
    match check.schemas.asked(question("check_access_rights")?)? {
        Err(error) => {
            return match told(error.odoo.as_deref().filter(|odoo| odoo.name == ACCESS_ERROR)?)? {
                Denial::Model { groups, .. } => Some(Denial::Model { model, groups }),
                _ => None,
            };
        }
        Ok(Value::Bool(false)) => return Some(Denial::Model { model, groups: None }),
        Ok(_) => {}
    }
    let Some(ids) = operation.ids.as_deref().filter(|ids| !ids.is_empty()) else {
        return Some(Denial::Method);
    };
    match check.schemas.ask(question("has_access")?.on(ids.to_vec()))?.as_bool()? {
        false => Some(Denial::Records { model, right: None }),
        true => Some(Denial::Method),
    }
}

/// The word for what a call does with records, where that is known: of a button nobody knows whether it reads or writes.
fn does(operation: &Operation) -> &'static str {
    let is_known = methods::of(&operation.model, &operation.method).is_some();
    if is_known { right(operation) } else { "use" }
}

/// Which of Odoo's four rights a call needs at least; what a button needs beyond that nobody knows.
fn right(operation: &Operation) -> &'static str {
    match operation.method.as_str() {
        "create" | "copy" | "name_create" => "create",
        "unlink" => "unlink",
        _ if operation.access() == Access::Read => "read",
        _ => "write",
    }
}

/// The rule by which a user sees only documents of their own, if this one has none of the groups that lift it.
fn lacking(check: &Check, model: &str) -> Option<&'static OwnDocuments> {
    let own = models::own_documents(model)?;
    let has_one = own.lifted_by.iter().any(|(group, _)| check.schemas.has_group(group) != Some(false));
    (!has_one).then_some(own)
}

fn lifts(own: &OwnDocuments) -> String {
    let groups: Vec<String> = own.lifted_by.iter().map(|(group, name)| format!("{name} ({group})")).collect();
    let be = if groups.len() == 1 { "the group" } else { "any of the groups" };
    format!("without {be} {} a user sees only {}", groups.join(", "), own.seen)
}

/// Notes that an empty answer may be a rule's doing.
pub fn found_nothing(check: &Check, operation: &Operation) {
    if is_continued(operation) || companies::found_nothing(check, operation) {
        return;
    }
    if let Some(own) = lacking(check, &operation.model) {
        check.note(format!("a record rule may hide records of {}: {}", operation.model, lifts(own)));
    }
}

/// Notes that a total may be of a part: it is taken for all there are, where rows are seen to be some.
pub fn totalled(check: &Check, operation: &Operation) {
    let is_total =
        matches!(operation.method.as_str(), "search_count" | "formatted_read_group" | "read_group");
    if !is_total || is_continued(operation) {
        return;
    }
    if let Some(own) = lacking(check, &operation.model) {
        check.note(format!("this is of the {} that this user sees: {}", operation.model, lifts(own)));
    }
}

/// Whether records were passed over that came before: nothing behind the last one is no surprise.
fn is_continued(operation: &Operation) -> bool {
    let is_past = |condition: &Value| condition[0] == "id" && condition[1] == ">";
    operation.kwargs.get("offset").and_then(Value::as_u64).is_some_and(|offset| offset > 0)
        || operation.kwargs.get("domain").and_then(Value::as_array).into_iter().flatten().any(is_past)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(message: &str) -> Option<Denial> {
        told(&OdooFault { name: String::new(), message: message.into(), debug: None })
    }

    fn model(model: &str, groups: &[&str]) -> Option<Denial> {
        let groups = groups.iter().map(ToString::to_string).collect();
        Some(Denial::Model { model: model.into(), groups: Some(groups) })
    }

    #[test]
    fn the_three_are_told_apart_in_every_language() {
        let groups = "You are not allowed to access 'Lead' (crm.lead) records.\n\nThis operation is allowed for the following groups:\n\t- Sales/User: All Documents\n\t- Sales/Administrator\n\nContact your administrator to request access if necessary.";
        assert_eq!(of(groups), model("crm.lead", &["Sales/User: All Documents", "Sales/Administrator"]));
        let nobody = "Sie haben keinen Zugriff auf „Protokoll“ (ir.logging) Datensätze.\n\nKeine Gruppe.";
        assert_eq!(of(nobody), model("ir.logging", &[]));
        let rule = "Uh-oh! Looks like you have stumbled upon some top-secret records.\n\nSorry, Ann (id=7) doesn't have 'read' access to:\n- Task, Plan (v2) (project.task: 5, company=Other)\n\nIf you really, really need access, …";
        assert_eq!(of(rule), Some(Denial::Records { model: "project.task".into(), right: Some("read") }));
        let rule = rule.replace("'read'", "'lesen'");
        assert_eq!(of(&rule), Some(Denial::Records { model: "project.task".into(), right: None }));
        for field in [
            "You do not have enough rights to access the field \"login_date\" on User (res.users). Please contact your system administrator.\n\nOperation: read",
            "Vous n'avez pas les droits pour le champ «\u{a0}login_date\u{a0}» sur Utilisateur (res.users).\n\nOpération : read",
            "Sie dürfen auf das Feld „login_date“ von Benutzer (res.users) nicht zugreifen.",
        ] {
            let denial = Denial::Field { model: "res.users".into(), field: "login_date".into() };
            assert_eq!(of(field), Some(denial), "{field}");
        }
        // A method's own words say what they say.
        assert_eq!(of("Only managers (of sales) may do that."), None);
        assert_eq!(of("Only the owner of \"plan\" may do that."), None);
    }
}
