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
const SHOWN: [(&str, &[&str]); 3] =
    [("address", ADDRESS), ("address_only", ADDRESS), ("partner_name", &["partner_id"])];

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

/// What the names of records show besides, always (Odoo 19.0, `_compute_display_name`).
const SHOWN_IN: [(&str, &[&str]); 8] = [
    ("account.account", &["code"]),
    ("account.analytic.account", &["code"]),
    ("fleet.vehicle", &["license_plate"]),
    ("payment.token", &["payment_details"]),
    ("product.product", &["default_code"]),
    ("product.template", &["default_code"]),
    ("res.bank", &["bic"]),
    ("res.partner.bank", &["acc_number"]),
];

/// Fields that show others, on whatever model they stand: Odoo makes them of those, and nobody writes them.
const MADE_OF: [(&str, &[&str]); 22] = [
    ("avatar_1024", &["avatar_1920", "image_1024", "image_1920"]),
    ("avatar_128", &["avatar_1920", "image_128", "image_1920"]),
    ("avatar_1920", &["image_1920"]),
    ("avatar_256", &["avatar_1920", "image_1920", "image_256"]),
    ("avatar_512", &["avatar_1920", "image_1920", "image_512"]),
    ("complete_name", &CALLED),
    ("contact_address", ADDRESS),
    ("contact_address_complete", ADDRESS),
    ("contact_address_inline", ADDRESS),
    ("display_name", &["complete_name", "name", "x_name"]),
    ("email_domain", &["email"]),
    ("email_formatted", &["email", "name"]),
    ("email_normalized", &["email", "email_from"]),
    ("image_1024", &["image_1920"]),
    ("image_128", &["image_1920"]),
    ("image_256", &["image_1920"]),
    ("image_512", &["image_1920"]),
    ("phone_mobile_search", &["mobile", "phone"]),
    ("phone_sanitized", &["mobile", "phone"]),
    ("sanitized_acc_number", &["acc_number"]),
    ("street_name", &["street"]),
    ("street_number", &["street"]),
];
const ADDRESS: &[&str] = &["street", "street2", "zip", "city", "state_id", "country_id"];

/// The fields that a search for a name looks at: those of the name itself, and others by which the model is found.
pub fn found_by(model: &str) -> impl Iterator<Item = &'static str> {
    let more = FOUND_BY.iter().find(|row| row.0 == model).map_or(&[] as &[&str], |row| row.1);
    CALLED.into_iter().chain(more.iter().copied())
}

/// Whether a method looks for records by a name or what stands for one, an address above all.
pub fn searches_for_names(method: &str) -> bool {
    method.ends_with("name_search")
        || matches!(
            method,
            "find_or_create"
                | "get_mention_suggestions"
                | "get_mention_suggestions_from_channel"
                | "im_search"
                | "search_for_channel_invite"
        )
}

/// Whether it is known by what records of a model are found.
pub fn is_told(model: &str) -> bool {
    FOUND_BY.iter().any(|row| row.0 == model)
}

/// The same of one model, or of any.
pub fn shown_in_any(model: Option<&str>) -> impl Iterator<Item = &'static str> {
    let rows = SHOWN_IN.iter().filter(move |row| model.is_none_or(|model| row.0 == model));
    rows.flat_map(|row| row.1.iter().copied())
}

/// Whether a method answers with names of records beside their numbers, and nothing else.
pub fn answers_with_names(method: &str) -> bool {
    matches!(method, "name_get" | "name_search")
}

/// The fields that a field shows, on whatever model it stands.
pub fn made_of(field: &str) -> &'static [&'static str] {
    let found = MADE_OF.binary_search_by_key(&field, |row| row.0);
    found.ok().and_then(|at| MADE_OF.get(at)).map_or(&[], |row| row.1)
}

/// The fields that names of records of a model show besides.
pub fn shown_in_names(model: &str) -> &'static [&'static str] {
    SHOWN_IN.iter().find(|row| row.0 == model).map_or(&[], |row| row.1)
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
        assert!(SHOWN.is_sorted() && FOUND_BY.is_sorted() && SHOWN_IN.is_sorted() && MADE_OF.is_sorted());
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
