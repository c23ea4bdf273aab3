//! Who may do what: groups, the rights of each model, fields for some only, whose
//! rows are whose, and who counts as inside the company. It asks; it changes
//! nothing.

use serde_json::{Value, json};

use super::env::Env;
use super::fault::{Fault, Outcome};
use super::schema::{Field, Model, USER, find};

/// Id, external id and label of every group.
pub const GROUPS: &[(i64, &str, &str)] = &[
    (1, "base.group_user", "Role / User"),
    (2, "base.group_system", "Role / Administrator"),
    (3, "base.group_erp_manager", "Access Rights"),
    (4, "base.group_partner_manager", "Contact / Creation"),
    (5, "project.group_project_user", "Project / User"),
    (6, "project.group_project_manager", "Project / Administrator"),
    (7, "hr_timesheet.group_hr_timesheet_user", "Timesheets / User: own timesheets only"),
    (8, "sales_team.group_sale_salesman_all_leads", "Sales / User: All Documents"),
    (9, "sales_team.group_sale_manager", "Sales / Administrator"),
    (10, "account.group_account_invoice", "Invoicing / Invoicing"),
    (11, "hr.group_hr_user", "Employees / Officer: Manage all employees"),
    (12, "helpdesk.group_helpdesk_user", "Helpdesk / User"),
    (13, "mail.group_mail_template_editor", "Mail Template Editor"),
    (14, "api_doc.group_allow_doc", "Technical Documentation"),
    (15, super::guard::AGENT_GROUP, "Agent"),
    (16, super::guard::APPROVER_GROUP, "Agent Confirmation Approver"),
    (17, "base.group_portal", "Role / Portal"),
];

/// What is asked for: the letter in a model's rights, the verb of a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Look.
    Read,
    /// Change.
    Write,
    /// Add.
    Create,
    /// Delete.
    Unlink,
}

impl Operation {
    /// Odoo's name for it.
    pub fn parse(name: &str) -> Option<Operation> {
        Some(match name {
            "read" => Operation::Read,
            "write" => Operation::Write,
            "create" => Operation::Create,
            "unlink" => Operation::Unlink,
            _ => return None,
        })
    }

    fn letter(self) -> char {
        match self {
            Operation::Read => 'r',
            Operation::Write => 'w',
            Operation::Create => 'c',
            Operation::Unlink => 'u',
        }
    }

    fn verb(self) -> &'static str {
        match self {
            Operation::Read => "access",
            Operation::Write => "modify",
            Operation::Create => "create",
            Operation::Unlink => "delete",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Operation::Read => "read",
            Operation::Write => "write",
            Operation::Create => "create",
            Operation::Unlink => "unlink",
        }
    }
}

/// Whether a user is in a group.
pub fn user_has_group(env: &Env, user: i64, group: &str) -> bool {
    let Some((id, ..)) = GROUPS.iter().find(|(_, name, _)| *name == group) else { return false };
    let groups = env.row("res.users", user).and_then(|row| row.get("group_ids"));
    groups.and_then(Value::as_array).is_some_and(|ids| ids.contains(&json!(id)))
}

/// Whether a partner is one of us: the partner of an active internal user.
pub fn is_inside(env: &Env, partner: i64) -> bool {
    env.world.rows("res.users").any(|(user, row)| {
        row.get("partner_id").and_then(Value::as_i64) == Some(partner)
            && row.get("active") == Some(&json!(true))
            && user_has_group(env, user, USER)
    })
}

/// Whether the caller's groups allow it.
pub fn allowed(env: &Env, model: &Model, operation: Operation) -> bool {
    env.superuser
        || model.rights.iter().any(|(group, rights)| {
            rights.contains(operation.letter()) && user_has_group(env, env.user, group)
        })
}

/// Refuses as Odoo does when no group of the caller allows it.
pub fn check(env: &Env, model: &Model, operation: Operation) -> Outcome<()> {
    if allowed(env, model, operation) { Ok(()) } else { Err(Fault::access(refusal(model, operation))) }
}

fn refusal(model: &Model, operation: Operation) -> String {
    let groups: Vec<_> = model
        .rights
        .iter()
        .filter(|(_, rights)| rights.contains(operation.letter()))
        .filter_map(|(group, _)| GROUPS.iter().find(|(_, name, _)| name == group))
        .map(|(_, _, label)| format!("\t- {label}"))
        .collect();
    let groups = if groups.is_empty() {
        "No group currently allows this operation.".to_owned()
    } else {
        format!("This operation is allowed for the following groups:\n{}", groups.join("\n"))
    };
    format!(
        "You are not allowed to {} '{}' ({}) records.\n\n{groups}\n\nContact your administrator to request access if necessary.",
        operation.verb(),
        model.label,
        model.name
    )
}

/// Whether a row is within the caller's reach: keys are their owner's alone, agents see their own tokens.
pub fn row_visible(env: &Env, model: &Model, id: i64) -> bool {
    let owner = match model.name {
        "res.users.apikeys" => "user_id",
        "strictbase.agent.confirmation" if env.has_group(super::guard::AGENT_GROUP) => "agent_user_id",
        _ => return true,
    };
    env.superuser || env.row(model.name, id).and_then(|row| row.get(owner)) == Some(&json!(env.user))
}

/// Refuses rows that are out of reach.
pub fn check_rows(env: &Env, model: &Model, ids: &[i64], operation: Operation) -> Outcome<()> {
    if ids.iter().all(|id| row_visible(env, model, *id)) {
        return Ok(());
    }
    let who = env.user_name(env.user);
    Err(Fault::access(format!(
        "Uh-oh! Looks like you have stumbled upon some top-secret records.\n\nSorry, {who} (id={}) doesn't have \
         '{}' access to:\n- {} ({})\n\nIf you really, really need access, perhaps you can win over your friendly \
         administrator with a batch of freshly baked cookies.",
        env.user,
        operation.name(),
        model.label,
        model.name
    )))
}

/// Whether the caller sees a field.
pub fn field_visible(env: &Env, field: &Field) -> bool {
    env.superuser || field.group.is_empty() || user_has_group(env, env.user, field.group)
}

/// Refuses a field that the caller does not see.
pub fn check_field(env: &Env, model: &Model, field: &Field, operation: Operation) -> Outcome<()> {
    if field_visible(env, field) {
        return Ok(());
    }
    Err(Fault::access(format!(
        "You do not have enough rights to access the field \"{}\" on {} ({}). Please contact your system \
         administrator.\n\nOperation: {}",
        field.name,
        model.label,
        model.name,
        operation.name()
    )))
}

/// A relation to a model that the caller cannot read makes reading the field fail.
pub fn check_relation(env: &Env, model: &Model, field: &Field) -> Outcome<()> {
    let Some(target) = field.relation().and_then(find).filter(|_| field.is_x2many()) else { return Ok(()) };
    check(env, target, Operation::Read).map_err(|fault| {
        Fault::access(format!("Failed to read field {}.{}\n{}", model.name, field.name, fault.message))
    })
}
