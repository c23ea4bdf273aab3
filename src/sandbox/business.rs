//! What particular models do beyond keeping values: stages, prices, timesheets, contacts of users, and
//! the refusals that protect booked entries. Called by `records` around every change; it answers no
//! method.

use serde_json::{Value, json};

use super::env::{Env, ids_of};
use super::fault::{Fault, Outcome};
use super::python::truthy;
use super::records::{self, Values};
use super::schema::{Model, find};
use super::{chatter, search};

fn id_in(vals: &Values, name: &str) -> Option<i64> {
    vals.get(name).and_then(Value::as_i64)
}

fn fill(vals: &mut Values, name: &str, value: Option<Value>) {
    if let (Some(value), false) = (value, vals.get(name).is_some_and(truthy)) {
        vals.insert(name.to_owned(), value);
    }
}

fn kept(env: &Env, model: &str, id: i64, field: &str) -> Option<Value> {
    env.row(model, id)?.get(field).cloned()
}

/// Completes the values of a new record.
pub fn before_create(env: &mut Env, model: &'static Model, vals: &mut Values) -> Outcome<()> {
    match model.name {
        "account.analytic.line" => timesheet(env, vals)?,
        "project.task" => {
            // What belongs to no project is a to-do, and those need no title.
            if id_in(vals, "project_id").is_none() && id_in(vals, "parent_id").is_none() {
                fill(vals, "name", Some(json!(to_do_title(vals))));
            }
            if let Some(parent) = id_in(vals, "parent_id") {
                fill(vals, "project_id", kept(env, "project.task", parent, "project_id"));
            }
            match id_in(vals, "project_id") {
                Some(project) => {
                    fill(vals, "partner_id", kept(env, "project.project", project, "partner_id"));
                    let mut stages = env.links("project.project", project, "type_ids");
                    if let Some(stage) = find("project.task.type") {
                        search::sort(env, stage, &mut stages, stage.order)?;
                    }
                    fill(vals, "stage_id", stages.first().map(|stage| json!(stage)));
                }
                None => fill(vals, "user_ids", Some(json!([[6, 0, [env.user]]]))),
            }
        }
        "sale.order.line" | "account.move.line" => {
            if let Some(product) = id_in(vals, "product_id") {
                fill(vals, "name", kept(env, "product.product", product, "name"));
                fill(vals, "price_unit", kept(env, "product.product", product, "lst_price"));
            }
        }
        "res.users" if !vals.contains_key("partner_id") => {
            let login = vals.get("login").cloned().unwrap_or(json!(false));
            let mut person = Values::new();
            for name in ["name", "email", "phone"] {
                if let Some(value) = vals.shift_remove(name) {
                    person.insert(name.to_owned(), value);
                }
            }
            fill(&mut person, "name", Some(login.clone()));
            fill(&mut person, "email", Some(login));
            if let Some(partners) = find("res.partner") {
                let partner = env.as_superuser(|env| records::create(env, partners, &[person]))?;
                vals.insert("partner_id".to_owned(), json!(partner.first()));
            }
            fill(vals, "group_ids", Some(json!([[6, 0, [1]]])));
            fill(vals, "company_ids", Some(json!([[6, 0, [env.company()]]])));
        }
        "mail.compose.message" => {
            let active = env.context.get("active_ids").cloned().map(|ids| json!(ids.to_string()));
            fill(vals, "res_ids", active);
            if let Some(Value::Array(ids)) = vals.get("res_ids").cloned() {
                vals.insert("res_ids".to_owned(), json!(Value::Array(ids).to_string()));
            }
            fill(vals, "model", env.context.get("active_model").cloned());
        }
        "account.move.send.wizard" => {
            fill(vals, "move_id", env.context.get("active_ids").and_then(|ids| ids.get(0)).cloned());
        }
        "mail.mail" | "mail.message" | "mail.followers" => {}
        _ => {}
    }
    Ok(())
}

/// The first line of the description, shortened to a hundred characters.
fn to_do_title(vals: &Values) -> String {
    let described = vals.get("description").and_then(Value::as_str).filter(|text| !text.is_empty());
    let Some(described) = described else { return "Untitled to-do".into() };
    let first = described.split_inclusive("</p>").next().unwrap_or(described);
    let title = super::html::plain(first).replace('*', "");
    if title.chars().count() > 100 { title.chars().take(97).collect::<String>() + "..." } else { title }
}

fn timesheet(env: &mut Env, vals: &mut Values) -> Outcome<()> {
    if let Some(task) = id_in(vals, "task_id") {
        fill(vals, "project_id", kept(env, "project.task", task, "project_id"));
        fill(vals, "partner_id", kept(env, "project.task", task, "partner_id"));
    }
    let Some(project) = id_in(vals, "project_id") else { return Ok(()) };
    if !env.flag("project.project", project, "allow_timesheets") && env.exists("project.project", project) {
        return Err(Fault::user(
            "Timesheets cannot be created on a project where timesheets are not allowed.",
        ));
    }
    fill(vals, "name", Some(json!("/")));
    fill(vals, "account_id", kept(env, "project.project", project, "account_id"));
    fill(vals, "partner_id", kept(env, "project.project", project, "partner_id"));
    let user = id_in(vals, "user_id").unwrap_or(env.user);
    if id_in(vals, "employee_id").is_none() {
        let employee = env.links("res.users", user, "employee_ids").first().copied();
        let Some(employee) = employee else {
            return Err(Fault::validation(
                "Timesheets must be created with an active employee in the selected companies.",
            ));
        };
        vals.insert("employee_id".to_owned(), json!(employee));
    }
    let employee = id_in(vals, "employee_id").unwrap_or(0);
    let hours = vals.get("unit_amount").and_then(Value::as_f64).unwrap_or(0.0);
    let cost = hours * env.number("hr.employee", employee, "hourly_cost");
    fill(vals, "amount", Some(json!(super::computed::round(-cost))));
    Ok(())
}

/// Refuses changes that must not be.
pub fn before_write(env: &mut Env, model: &'static Model, ids: &[i64], vals: &Values) -> Outcome<()> {
    let posted = |id: &i64| env.text("account.move", *id, "state") == "posted";
    let archives = vals.get("active").is_some_and(|active| !truthy(active));
    match model.name {
        "res.users" if archives && ids.contains(&env.user) => {
            return Err(Fault::user("You cannot deactivate the user you're currently logged in as."));
        }
        "res.partner" if archives => {
            let users: Vec<i64> = ids.iter().flat_map(|id| env.links(model.name, *id, "user_ids")).collect();
            if !users.is_empty() {
                return Err(Fault::redirect(archive_refusal(env, &users)));
            }
        }
        "project.task" if ids.iter().any(|id| id_in(vals, "parent_id") == Some(*id)) => {
            return Err(Fault::user("Sorry. You can't set a task as its parent task."));
        }
        "account.move" if ids.iter().any(posted) => {
            let booked = ["invoice_line_ids", "partner_id", "date", "currency_id", "move_type"];
            if let Some(name) = booked.iter().find(|name| vals.contains_key(**name)) {
                return Err(Fault::user(format!(
                    "You cannot modify the following readonly fields on a posted move: {name}"
                )));
            }
        }
        "account.move.line" if ids.iter().any(|id| env.text(model.name, *id, "parent_state") == "posted") => {
            return Err(Fault::user(
                "You cannot do this modification on a posted journal entry, you can just change some non legal \
                     fields. You must reset the journal entry to draft to do so.",
            ));
        }
        _ => {}
    }
    Ok(())
}

/// Odoo sends whoever archives a colleague's contact to the colleague's user; over an API the way there is printed.
fn archive_refusal(env: &Env, users: &[i64]) -> String {
    let names: Vec<String> = users.iter().map(|user| env.user_name(*user)).collect();
    let place = match users {
        [one] => format!(
            "{{'type': 'ir.actions.act_window', 'res_model': 'res.users', 'context': {{'create': False}}, 'view_mode': \
             'form', 'views': [[167, 'form']], 'res_id': {one}}}"
        ),
        several => format!(
            "{{'type': 'ir.actions.act_window', 'res_model': 'res.users', 'context': {{'create': False}}, 'view_mode': \
             'list,form', 'domain': [('id', 'in', {several:?})]}}"
        ),
    };
    format!(
        "You cannot archive contacts linked to an active user.\nYou first need to archive their associated \
         user.\n\nLinked active users : {}\n{place}\nGo to users\nNone",
        names.join(", ")
    )
}

/// What follows from a change.
pub fn after_change(
    env: &mut Env,
    model: &'static Model,
    id: i64,
    vals: &Values,
    created: bool,
) -> Outcome<()> {
    match model.name {
        "res.partner"
            if kept(env, model.name, id, "name").is_none()
                && env.text(model.name, id, "type") == "contact" =>
        {
            return Err(Fault::integrity("Contacts require a name"));
        }
        "project.task" if vals.contains_key("user_ids") => {
            let users = env.links(model.name, id, "user_ids");
            let assigned = if users.is_empty() { json!(false) } else { json!(env.now_text()) };
            env.world.set(model.name, id, "date_assign", assigned);
            let partners: Vec<i64> = users.iter().map(|user| env.user_partner(*user)).collect();
            chatter::subscribe(env, model.name, id, &partners);
        }
        "ir.attachment" => {
            let size = env.text(model.name, id, "datas").trim_end_matches('=').len() * 3 / 4;
            env.world.set(model.name, id, "file_size", json!(size));
        }
        "hr.employee" | "crm.lead" | "project.project" | "sale.order" => {
            if let Some(user) = id_in(vals, "user_id") {
                let partner = env.user_partner(user);
                chatter::subscribe(env, model.name, id, &[partner]);
            }
        }
        _ => {}
    }
    let silent = env.context.get("mail_create_nosubscribe").is_some_and(truthy);
    if created && model.thread && !silent {
        let partner = env.partner();
        chatter::subscribe(env, model.name, id, &[partner]);
    }
    Ok(())
}

/// Refuses deletions that must not be.
pub fn before_unlink(env: &mut Env, model: &'static Model, ids: &[i64]) -> Outcome<()> {
    for id in ids {
        match model.name {
            "res.users" if *id == 1 => {
                return Err(Fault::user(
                    "You can not remove the admin user as it is used internally for resources created by Odoo (updates, \
                     module installation, ...)",
                ));
            }
            "res.users" if *id == 2 => {
                return Err(Fault::user(
                    "You cannot delete the admin user because it is utilized in various places (such as security \
                     configurations,...). Instead, archive it.",
                ));
            }
            "sale.order" if !matches!(env.text(model.name, *id, "state").as_str(), "draft" | "cancel") => {
                return Err(Fault::user(
                    "You can not delete a sent quotation or a confirmed sales order. You must first cancel it.",
                ));
            }
            "account.move" if env.text(model.name, *id, "state") == "posted" => {
                return Err(Fault::user(
                    "You can't delete a posted journal item. Don’t play games with your accounting records; reset the \
                     journal entry to draft before deleting it.",
                ));
            }
            "project.project" if !env.links(model.name, *id, "timesheet_ids").is_empty() => {
                return Err(Fault::user(
                    "These projects have some timesheet entries referencing them. Before removing \
                     these projects, you have to remove these timesheet entries.",
                ));
            }
            "res.partner" if !ids_of(&json!(env.links(model.name, *id, "user_ids"))).is_empty() => {
                return Err(Fault::user(
                    "You cannot delete contacts linked to an active user.\nYou should rather archive them after \
                     archiving their associated user.",
                ));
            }
            _ => {}
        }
    }
    Ok(())
}

/// A tree that bites its tail.
pub fn recursion(model: &Model, steps: usize) -> Fault {
    match model.name {
        "project.task" if steps == 1 => Fault::user("Sorry. You can't set a task as its parent task."),
        "res.partner" => Fault::validation("You cannot create recursive Partner hierarchies."),
        "res.partner.category" => Fault::validation("You can not create recursive tags."),
        _ => Fault::validation("Recursion Detected."),
    }
}
