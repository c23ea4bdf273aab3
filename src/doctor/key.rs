//! Keys: whose the profile's is, how long it lasts and what it opens; and whether an approver's lies within reach.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Finding, Setup, Status};
use crate::clock;
use crate::error::{Code, Result};
use crate::operation::{Object, Operation};
use crate::protocol::Way;
use crate::secret::Secret;
use crate::session::Run;
use crate::settings::{ApproverSource, Selection, names};

/// A key that ends sooner than this deserves a warning.
const SOON: Duration = Duration::from_secs(14 * 24 * 3600);

/// The first version whose keys can end by themselves.
const FIRST_WITH_EXPIRY: u32 = 18;

/// An approver's key that can be used without asking anybody.
pub(super) fn approver_at_hand(setup: &Setup) -> Option<Secret> {
    match approver_source(setup)? {
        ApproverSource::Environment(key) | ApproverSource::File(key, _) => Some(key),
        ApproverSource::Command(_) => None,
    }
}

fn approver_source(setup: &Setup) -> Option<ApproverSource> {
    let selection = Selection {
        profile: setup.selection.profile.clone(),
        env_file: setup.selection.env_file.clone(),
        ..Selection::default()
    };
    ApproverSource::find(&selection, setup.environment, setup.paths).ok()?
}

/// An approver's key within the agent's reach makes approval a formality.
pub(super) fn approver_key(setup: &Setup) -> Option<Finding> {
    let place = match approver_source(setup)? {
        ApproverSource::Environment(_) => "in this environment".to_string(),
        ApproverSource::File(_, path) => format!("in {}", path.display()),
        ApproverSource::Command(_) => format!("behind {}", names::APPROVER_KEY_COMMAND),
    };
    Some(
        Finding::new(
            "approver's key",
            Status::Warn,
            format!("it is {place}: whoever runs this can approve, the agent included"),
        )
        .fix("keep it on the approver's own machine and use odoo-agent approve there"),
    )
}

/// Database and key; the user's id when both are right.
pub(super) fn key(run: &Run, findings: &mut Vec<Finding>) -> Option<i64> {
    let context = run.context().map(|_| ());
    let user = match context.and_then(|()| user(run)) {
        Ok(user) => user,
        Err(error) => {
            let check = if error.code == Code::DatabaseNotFound { "database" } else { "key" };
            let mut finding = Finding::of_error(check, &error);
            if let (Code::DatabaseNotFound, Some(there)) = (error.code, run.session.odoo().databases()) {
                finding =
                    finding.fix(format!("set ODOO_DB to one that the server has: {}", there.join(", ")));
            }
            findings.push(finding);
            return None;
        }
    };
    findings.push(Finding::new("database", Status::Ok, run.session.settings.database.clone()));
    let name = user["name"].as_str().unwrap_or("?");
    let login = user["login"].as_str().unwrap_or("?");
    findings.push(Finding::new(
        "key",
        Status::Ok,
        format!("belongs to {name} ({login}), user {}", user["id"]),
    ));
    user["id"].as_i64()
}

fn user(run: &Run) -> Result<Value> {
    // Not from the cache: the question is whether the key is good now.
    let context = run.ask(Operation::new("res.users", "context_get", Object::new())?)?;
    let id = context["uid"].as_i64().unwrap_or_default();
    let kwargs = Object::from_iter([("fields".to_string(), json!(["name", "login"]))]);
    let rows = run.ask(Operation::new("res.users", "read", kwargs)?.on(vec![id]))?;
    Ok(rows.get(0).cloned().unwrap_or_else(|| json!({ "id": id })))
}

pub(super) fn has_group(run: &Run, user: i64, group: &str) -> Option<bool> {
    let kwargs = Object::from_iter([("group_ext_id".to_string(), json!(group))]);
    let operation = Operation::new("res.users", "has_group", kwargs).ok()?.on(vec![user]);
    run.ask(operation).ok()?.as_bool()
}

/// Odoo does not tell which of a user's keys is in use, so the one that ends first is what is known.
pub(super) fn key_expiry(run: &Run, findings: &mut Vec<Finding>) {
    let kwargs = json!({ "domain": [], "fields": ["name", "expiration_date"] });
    let rows =
        Operation::new("res.users.apikeys", "search_read", kwargs.as_object().cloned().unwrap_or_default())
            .and_then(|operation| run.ask(operation));
    let Ok(Value::Array(keys)) = rows else {
        let has_end = run.session.odoo().major(run.host).map_or(true, |major| major >= FIRST_WITH_EXPIRY);
        findings.push(if has_end {
            Finding::new("key's life", Status::Skip, "Odoo does not show this user's keys")
        } else {
            Finding::new("key's life", Status::Ok, "keys have no end before Odoo 18")
        });
        return;
    };
    let ends = keys.iter().filter_map(|key| Some((key["expiration_date"].as_str()?, key["name"].as_str()?)));
    let Some((date, name)) = ends.min() else {
        findings.push(Finding::new("key's life", Status::Ok, "no key of this user expires"));
        return;
    };
    let soon = clock::odoo_datetime(run.session.clock.seconds() + SOON.as_secs());
    findings.push(if date < soon.as_str() {
        Finding::new("key's life", Status::Warn, format!("the key {name:?} expires on {date} UTC"))
            .fix(crate::knowledge::NEW_KEY)
    } else {
        Finding::new(
            "key's life",
            Status::Ok,
            format!("the first of the keys to expire does so on {date} UTC"),
        )
    });
}

pub(super) fn documentation(run: &Run, user: i64, findings: &mut Vec<Finding>) {
    if run.session.odoo().link(run.host).is_ok_and(|link| link.protocol.way() != Way::Json2) {
        return findings.push(Finding::new(
            "documentation",
            Status::Ok,
            "Odoo documents itself from 19 on, and by JSON-2 alone: doc-index and doc-model show models and fields, no methods",
        ));
    }
    findings.push(match has_group(run, user, "api_doc.group_allow_doc") {
        Some(true) => Finding::new("documentation", Status::Ok, "doc-index and doc-model show Odoo's documents"),
        Some(false) => Finding::new(
            "documentation",
            Status::Ok,
            "not in the group Technical Documentation: doc-index and doc-model show models and fields, no methods",
        ),
        None => Finding::new("documentation", Status::Skip, "the groups of this user cannot be read"),
    });
}
