//! Models that hold the fields of another as their own (Odoo 19.0, `_inherits`): a user's telephone stands in its
//! partner. Asked where the fields of a model are not at hand.

/// A model and the one whose fields it has.
pub struct Inherits {
    model: &'static str,
    /// The field that leads there.
    pub link: &'static str,
    /// The model where they stand.
    pub parent: &'static str,
    /// Fields of that name which it keeps itself.
    own: &'static [&'static str],
}

/// What every model has of its own.
const EVERY: [&str; 6] = ["id", "display_name", "create_date", "create_uid", "write_date", "write_uid"];

const fn row(
    model: &'static str,
    link: &'static str,
    parent: &'static str,
    own: &'static [&'static str],
) -> Inherits {
    Inherits { model, link, parent, own }
}

const ROWS: [Inherits; 16] = [
    row(
        "account.bank.statement.line",
        "move_id",
        "account.move",
        &["amount_residual", "country_code", "currency_id", "partner_id", "payment_ids", "statement_id"],
    ),
    row(
        "account.setup.bank.manual.config",
        "res_partner_bank_id",
        "res.partner.bank",
        &["bank_bic", "company_id"],
    ),
    row("crm.team", "alias_id", "mail.alias", &["alias_defaults", "alias_name"]),
    row(
        "hr.employee",
        "version_id",
        "hr.version",
        &[
            "active",
            "activity_",
            "company_country_id",
            "company_id",
            "currency_id",
            "has_message",
            "message_",
            "name",
            "my_activity_date_deadline",
            "rating_ids",
            "tz",
            "website_message_",
        ],
    ),
    row("hr.job", "alias_id", "mail.alias", &["alias_defaults", "alias_name"]),
    row("ir.cron", "ir_actions_server_id", "ir.actions.server", &["activity_", "has_message", "message_"]),
    row("mail.group", "alias_id", "mail.alias", &["alias_defaults", "alias_name"]),
    row("mail.mail", "mail_message_id", "mail.message", &[]),
    row("maintenance.team", "alias_id", "mail.alias", &["alias_defaults", "alias_name"]),
    row("product.document", "ir_attachment_id", "ir.attachment", &[]),
    row(
        "product.product",
        "product_tmpl_id",
        "product.template",
        &[
            "active",
            "activity_",
            "barcode",
            "base_unit_",
            "default_code",
            "image_",
            "incoming_qty",
            "is_product_variant",
            "message_",
            "outgoing_qty",
            "qty_available",
            "standard_price",
            "virtual_available",
            "volume",
            "website_message_",
            "website_url",
            "weight",
        ],
    ),
    row("project.project", "alias_id", "mail.alias", &["alias_defaults", "alias_name"]),
    row("quotation.document", "ir_attachment_id", "ir.attachment", &[]),
    row(
        "res.users",
        "partner_id",
        "res.partner",
        // Its companies, and what it was called up to 18, are rights of its own.
        &["active", "barcode", "company_id", "company_ids", "groups_id", "leave_date_to", "tz_offset"],
    ),
    row("website.controller.page", "view_id", "ir.ui.view", &["name"]),
    row("website.page", "view_id", "ir.ui.view", &["theme_template_id"]),
];

/// Those that a model has the fields of.
pub fn of(model: &str) -> impl Iterator<Item = &'static Inherits> {
    ROWS.iter().filter(move |row| row.model == model)
}

impl Inherits {
    /// Whether a field may be one of those.
    pub fn may_have(&self, field: &str) -> bool {
        let is_own = |own: &&str| match own.strip_suffix('_') {
            Some(_) => field.starts_with(*own),
            None => field == *own,
        };
        field != self.link && !EVERY.contains(&field) && !self.own.iter().any(is_own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_the_others_unless_it_is_kept() {
        assert!(ROWS.is_sorted_by_key(|row| row.model));
        let has = |model: &str, field: &str| of(model).any(|row| row.may_have(field));
        for (model, field) in
            [("res.users", "phone"), ("product.product", "list_price"), ("hr.employee", "job_title")]
        {
            assert!(has(model, field), "{model}.{field}");
        }
        for (model, field) in [
            ("res.users", "id"),
            ("res.users", "partner_id"),
            ("res.users", "company_id"),
            ("product.product", "message_ids"),
            ("product.product", "image_1920"),
            ("res.partner", "phone"),
        ] {
            assert!(!has(model, field), "{model}.{field}");
        }
    }
}
