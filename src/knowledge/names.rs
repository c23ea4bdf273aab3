//! What people call models, and what the names of records show besides, where a key of the context says so: `show_vat`
//! puts the tax id of a partner into its name, wherever that stands.

/// Everyday words, and the kind of lookup or the model that they mean.
pub const EVERYDAY: [(&str, &str); 40] = [
    ("account", "account.account"),
    ("activity", "mail.activity"),
    ("applicant", "hr.applicant"),
    ("bill", "account.move"),
    ("category", "product.category"),
    ("company", "res.company"),
    ("contact", "partner"),
    ("country", "res.country"),
    ("currency", "res.currency"),
    ("customer", "partner"),
    ("department", "hr.department"),
    ("event", "calendar.event"),
    ("group", "res.groups"),
    ("invoice", "account.move"),
    ("job", "hr.job"),
    ("journal", "account.journal"),
    ("language", "res.lang"),
    ("lead", "crm.lead"),
    ("location", "stock.location"),
    ("meeting", "calendar.event"),
    ("model", "ir.model"),
    ("opportunity", "crm.lead"),
    ("order", "sale.order"),
    ("picking", "stock.picking"),
    ("product", "product.product"),
    ("purchase", "purchase.order"),
    ("quotation", "sale.order"),
    ("stage", "project.task.type"),
    ("state", "res.country.state"),
    ("supplier", "partner"),
    ("tag", "project.tags"),
    ("tax", "account.tax"),
    ("team", "crm.team"),
    ("template", "mail.template"),
    ("transfer", "stock.picking"),
    ("unit", "uom.uom"),
    ("uom", "uom.uom"),
    ("user", "res.users"),
    ("vendor", "partner"),
    ("warehouse", "stock.warehouse"),
];

/// Words in a key after which stands what is shown.
const WORDS: [&str; 4] = ["as", "display", "show", "with"];

/// What is shown under another word than the field's own.
const SHOWN: [(&str, &[&str]); 3] = [
    ("address", &["street", "street2", "zip", "city", "state_id", "country_id"]),
    ("address_only", &["street", "street2", "zip", "city", "state_id", "country_id"]),
    ("partner_name", &["partner_id"]),
];

/// By what records are found besides their names, where somebody asks for a name (Odoo 19.0, `_rec_names_search`).
const FOUND_BY: [(&str, &[&str]); 22] = [
    ("account.analytic.account", &["code"]),
    ("account.journal", &["code"]),
    ("account.move", &["partner_id.name", "ref"]),
    ("account.move.line", &["move_id", "product_id"]),
    ("account.tax", &["description", "invoice_label"]),
    ("fleet.vehicle", &["driver_id.name"]),
    ("ir.model", &["model"]),
    ("mrp.bom", &["product_tmpl_id", "code"]),
    ("payment.token", &["payment_details", "partner_id", "provider_id"]),
    ("product.product", &["default_code", "barcode"]),
    ("product.template", &["default_code", "barcode"]),
    ("purchase.bill.union", &["reference"]),
    ("purchase.order", &["partner_ref"]),
    ("res.bank", &["bic"]),
    ("res.country", &["code"]),
    ("res.country.state", &["code"]),
    ("res.currency", &["full_name"]),
    ("res.partner", &["email", "ref", "vat", "company_registry"]),
    ("res.users", &["login", "email"]),
    ("sale.order", &["partner_id.name"]),
    ("stock.location", &["barcode"]),
    ("stock.quant", &["location_id", "lot_id", "package_id", "owner_id"]),
];

/// What a record is called by.
const CALLED: [&str; 2] = ["name", "x_name"];

/// The fields that a search for a name looks at: those of the name itself, and others by which the model is found.
pub fn found_by(model: &str) -> impl Iterator<Item = &'static str> {
    let more = FOUND_BY.iter().find(|row| row.0 == model).map_or(&[] as &[&str], |row| row.1);
    CALLED.into_iter().chain(more.iter().copied())
}

/// Whether it is known by what records of a model are found.
pub fn is_told(model: &str) -> bool {
    FOUND_BY.iter().any(|row| row.0 == model)
}

/// The fields that the name of a record repeats.
pub fn repeated_in_names() -> impl Iterator<Item = &'static str> {
    CALLED.into_iter()
}

/// The fields that names of records may show by a key, of whichever model they are.
pub fn shown_by(key: &str) -> Vec<&str> {
    let mut fields = Vec::new();
    // What fills in a form or a search shows nothing.
    let mut rest = if key.starts_with("default_") || key.starts_with("search_default_") { "" } else { key };
    while let Some((word, after)) = rest.split_once('_') {
        rest = after;
        if WORDS.contains(&word) && !rest.is_empty() {
            fields.push(rest);
            fields.extend(SHOWN.iter().filter(|row| row.0 == rest).flat_map(|row| row.1));
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_says_which_field_it_shows() {
        assert!(SHOWN.is_sorted() && FOUND_BY.is_sorted());
        for (key, field) in [
            ("show_vat", "vat"),
            ("show_address", "city"),
            ("display_default_code", "default_code"),
            ("name_as_amount_total", "amount_total"),
            ("hr_timesheet_display_remaining_hours", "remaining_hours"),
            ("with_price_unit", "price_unit"),
            ("sale_show_partner_name", "partner_id"),
        ] {
            assert!(shown_by(key).contains(&field), "{key}");
        }
        for key in [
            "lang",
            "active_test",
            "default_show_vat",
            "search_default_with_vat",
            "show",
            "show_",
            "shows_vat",
            "vat",
        ] {
            assert!(shown_by(key).is_empty(), "{key}");
        }
    }
}
