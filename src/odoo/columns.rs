//! The few fields of a record that are read when none are named: the columns of Odoo's own list. For the models that
//! people work with most they stand here; of any other model the list is asked for once and kept.

use serde_json::{Value, json};

use super::Desk;
use super::list_view;
use super::schema::short_list;
use crate::cache::{Found, Key, Section};
use crate::error::{Code, Error, Result};
use crate::operation::{self, Object, Operation};

use std::time::Duration;

/// As many columns of a list as are read.
const MOST: usize = 8;

/// Columns by model, each out of Odoo 19's list of that model, beside the models of [`short_list`]. Those that a
/// database does not have are left out.
const LISTED: [(&str, &[&str]); 17] = [
    (
        "account.move",
        &[
            "name",
            "move_type",
            "partner_id",
            "invoice_date",
            "invoice_date_due",
            "amount_total_in_currency_signed",
            "amount_residual_signed",
            "currency_id",
            "payment_state",
            "state",
        ],
    ),
    (
        "account.move.line",
        &["date", "move_id", "account_id", "partner_id", "name", "debit", "credit", "matching_number"],
    ),
    (
        "account.payment",
        &[
            "date",
            "name",
            "journal_id",
            "payment_method_line_id",
            "partner_id",
            "amount_signed",
            "currency_id",
            "state",
        ],
    ),
    ("calendar.event", &["name", "start", "stop", "user_id", "partner_ids", "location", "duration"]),
    (
        "crm.lead",
        &["name", "partner_id", "contact_name", "email_from", "user_id", "expected_revenue", "stage_id"],
    ),
    ("helpdesk.ticket", &["ticket_ref", "name", "partner_id", "team_id", "user_id", "priority", "stage_id"]),
    ("hr.expense", &["employee_id", "name", "date", "product_id", "payment_mode", "total_amount", "state"]),
    ("hr.leave", &["employee_id", "holiday_status_id", "date_from", "date_to", "duration_display", "state"]),
    (
        "mail.activity",
        &["summary", "activity_type_id", "user_id", "res_model", "res_id", "res_name", "date_deadline"],
    ),
    ("mail.message", &["date", "subject", "author_id", "model", "res_id", "preview"]),
    (
        "product.product",
        &[
            "default_code",
            "name",
            "lst_price",
            "standard_price",
            "qty_available",
            "virtual_available",
            "uom_id",
        ],
    ),
    (
        "product.template",
        &[
            "default_code",
            "name",
            "list_price",
            "standard_price",
            "qty_available",
            "virtual_available",
            "uom_id",
        ],
    ),
    (
        "purchase.order",
        &["name", "partner_id", "date_order", "date_planned", "user_id", "origin", "amount_total", "state"],
    ),
    ("res.users", &["name", "login", "role", "login_date"]),
    (
        "sale.order",
        &["name", "date_order", "partner_id", "user_id", "amount_total", "state", "invoice_status"],
    ),
    ("stock.picking", &["name", "partner_id", "picking_type_id", "scheduled_date", "origin", "state"]),
    (
        "stock.quant",
        &["location_id", "product_id", "lot_id", "quantity", "reserved_quantity", "product_uom_id"],
    ),
];

/// The columns of a model that is known here.
pub fn listed(model: &str) -> Option<&'static [&'static str]> {
    let listed = LISTED.iter().find(|(name, _)| *name == model).map(|(_, columns)| *columns);
    listed.or_else(|| short_list(model))
}

/// The columns of any other model: from the cache, or out of the list that Odoo shows to this user. None where Odoo
/// shows no list.
///
/// # Errors
/// Odoo cannot be reached, or does not know the key.
pub fn of_list_view(model: &str, desk: &Desk, context: &Object, ttl: Duration) -> Result<Vec<String>> {
    let question = json!({ "context": context, "columns": true });
    let key = Key { owner: desk.owner, section: Section::Schema, model, question };
    if let Found::Fresh(entry) = desk.cache.find(&key, ttl)
        && let Ok(names) = serde_json::from_str(&entry.body)
    {
        return Ok(names);
    }
    let question =
        Operation::new(model, "get_views", operation::kwargs(json!({ "views": [[false, "list"]] })))?;
    let names = match desk.ask(question, context) {
        Ok(reply) => {
            serde_json::from_str(reply.get()).map_or_else(|_| Vec::new(), |views| shown(model, &views))
        }
        Err(error) if is_final(&error) => return Err(error),
        // A model that is not there now may be tomorrow.
        Err(error) if error.odoo.is_none() || error.code == Code::NotFound => return Ok(Vec::new()),
        Err(_) => Vec::new(),
    };
    if !ttl.is_zero() {
        let _ = desk.cache.store(&key, &json!(names).to_string(), None, "");
    }
    Ok(names)
}

/// Whether the read that follows would fail in the same way.
fn is_final(error: &Error) -> bool {
    match error.code {
        Code::AuthRejected | Code::DatabaseNotFound | Code::Interrupted => true,
        // A gateway may keep this one question back and no other.
        Code::Unreachable => error.http_status.is_none(),
        _ => false,
    }
}

/// The columns that a person sees in the list, as far as they can be read in few words.
fn shown(model: &str, views: &Value) -> Vec<String> {
    let fields = &views["models"][model]["fields"];
    let arch = views["views"]["list"]["arch"].as_str().unwrap_or_default();
    let is_brief = |name: &String| {
        let kind = fields[name]["type"].as_str().unwrap_or_default();
        !matches!(kind, "" | "binary" | "html" | "json" | "one2many" | "properties" | "properties_definition")
            && !matches!(name.as_str(), "id" | "display_name")
    };
    let mut names: Vec<String> = Vec::new();
    for name in list_view::columns(arch).into_iter().filter(is_brief) {
        if names.len() < MOST && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_comes_to_its_few_columns() {
        let arch = r#"<list><field name="image_128" widget="image"/><field name="name"/><field name="line_ids"/>
            <field name="name"/><field name="tag_ids"/><field name="gone"/></list>"#;
        let fields = json!({ "image_128": { "type": "binary" }, "name": { "type": "char" },
            "line_ids": { "type": "one2many" }, "tag_ids": { "type": "many2many" } });
        let views =
            json!({ "views": { "list": { "arch": arch } }, "models": { "x.y": { "fields": fields } } });
        assert_eq!(shown("x.y", &views), ["name", "tag_ids"]);
        assert!(shown("x.y", &json!("strange")).is_empty());
    }

    #[test]
    fn no_model_is_listed_twice() {
        for (model, columns) in LISTED {
            assert!(columns.len() <= 10 && !columns.contains(&"display_name"), "{model}");
            assert_eq!(LISTED.iter().filter(|(name, _)| *name == model).count(), 1, "{model}");
        }
        assert_eq!(listed("project.task").unwrap()[0], "name");
    }
}
