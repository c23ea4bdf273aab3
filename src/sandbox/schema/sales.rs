//! Leads, orders, invoices. Every table here is constant: a new field or model is one entry, and no
//! code. What a model does beyond keeping values is in `business`, and what it lets whom do is in
//! its `rights`.

use super::{
    Model, Preset, SYSTEM, Source, Sql, boolean, char, date, datetime, float, html, integer, many2many,
    many2one, model, monetary, one2many, selection, text,
};
use crate::sandbox::computed;

const SALES: &str = "sales_team.group_sale_salesman_all_leads";
const INVOICING: &str = "account.group_account_invoice";

pub(super) const MODELS: &[Model] = &[
    Model {
        order: "priority desc, id desc",
        thread: true,
        rights: &[(SALES, "rwcu"), (SYSTEM, "rwcu")],
        fields: &[
            char("name", "Opportunity").required(),
            selection("type", "Type", &[("lead", "Lead"), ("opportunity", "Opportunity")])
                .required()
                .preset(Preset::Text("opportunity")),
            many2one("partner_id", "Customer", "res.partner"),
            char("contact_name", "Contact Name"),
            char("email_from", "Email"),
            char("phone", "Phone"),
            many2one("user_id", "Salesperson", "res.users").preset(Preset::User),
            many2one("stage_id", "Stage", "crm.stage").restrict().preset(Preset::First),
            monetary("expected_revenue", "Expected Revenue"),
            float("probability", "Probability"),
            date("date_deadline", "Expected Closing"),
            selection(
                "priority",
                "Priority",
                &[("0", "Low"), ("1", "Medium"), ("2", "High"), ("3", "Very High")],
            )
            .preset(Preset::Text("0")),
            html("description", "Notes"),
            boolean("active", "Active").preset(Preset::True),
            many2one("company_id", "Company", "res.company").preset(Preset::Company),
        ],
        ruled: true,
        ..model("crm.lead", "Lead", "crm")
    },
    Model {
        order: "sequence, name, id",
        fields: &[
            char("name", "Stage Name").required().translated(),
            integer("sequence", "Sequence").preset(Preset::Number(1)),
            boolean("is_won", "Is Won Stage?"),
        ],
        ..model("crm.stage", "CRM Stages", "crm")
    },
    Model {
        order: "date_order desc, id desc",
        thread: true,
        rights: &[(SALES, "rwcu"), (INVOICING, "r"), (SYSTEM, "rwcu")],
        fields: &[
            char("name", "Order Reference").required().not_copied().preset(Preset::Sequence("S")),
            many2one("partner_id", "Customer", "res.partner").required(),
            selection(
                "state",
                "Status",
                &[
                    ("draft", "Quotation"),
                    ("sent", "Quotation Sent"),
                    ("sale", "Sales Order"),
                    ("cancel", "Cancelled"),
                ],
            )
            .readonly()
            .preset(Preset::Text("draft")),
            datetime("date_order", "Order Date").required().preset(Preset::Now).not_copied(),
            many2one("user_id", "Salesperson", "res.users").preset(Preset::User),
            many2one("company_id", "Company", "res.company").required().preset(Preset::Company),
            many2one("currency_id", "Currency", "res.currency").readonly().preset(Preset::Currency),
            one2many("order_line", "Order Lines", "sale.order.line", "order_id").copied(),
            monetary("amount_untaxed", "Untaxed Amount")
                .from(Source::Sum("order_line", "price_subtotal"))
                .sql(Sql::Column),
            monetary("amount_total", "Total")
                .from(Source::Sum("order_line", "price_subtotal"))
                .sql(Sql::Column),
            char("client_order_ref", "Customer Reference").not_copied(),
            html("note", "Terms and conditions"),
        ],
        ruled: true,
        ..model("sale.order", "Sales Order", "sale")
    },
    Model {
        order: "order_id, sequence, id",
        rights: &[(SALES, "rwcu"), (INVOICING, "r"), (SYSTEM, "rwcu")],
        fields: &[
            many2one("order_id", "Order Reference", "sale.order").required().cascade(),
            integer("sequence", "Sequence").preset(Preset::Number(10)),
            many2one("product_id", "Product", "product.product").restrict(),
            text("name", "Description").required(),
            float("product_uom_qty", "Quantity").preset(Preset::Number(1)).shown_required(true),
            float("price_unit", "Unit Price").shown_required(true),
            float("discount", "Discount (%)"),
            monetary("price_subtotal", "Subtotal")
                .from(Source::Computed(computed::sale_line_subtotal))
                .sql(Sql::Column),
            float("qty_delivered", "Delivery Quantity").not_copied(),
            float("remaining_hours", "Time Remaining on SO")
                .from(Source::Computed(computed::sale_line_remaining))
                .sql(Sql::Column),
            many2one("project_id", "Project", "project.project"),
            many2one("company_id", "Company", "res.company")
                .from(Source::Related("order_id.company_id"))
                .sql(Sql::Column),
            many2one("order_partner_id", "Customer", "res.partner")
                .from(Source::Related("order_id.partner_id"))
                .sql(Sql::Column),
        ],
        ruled: true,
        ..model("sale.order.line", "Sales Order Line", "sale")
    },
    Model {
        order: "date desc, name desc, invoice_date desc, id desc",
        thread: true,
        rights: &[(INVOICING, "rwcu"), (SYSTEM, "rwcu")],
        fields: &[
            char("name", "Number").not_copied().preset(Preset::Text("/")),
            char("ref", "Reference").not_copied(),
            date("date", "Date").required().preset(Preset::Today).not_copied(),
            selection(
                "state",
                "Status",
                &[("draft", "Draft"), ("posted", "Posted"), ("cancel", "Cancelled")],
            )
            .required()
            .readonly()
            .preset(Preset::Text("draft")),
            selection(
                "move_type",
                "Type",
                &[
                    ("entry", "Journal Entry"),
                    ("out_invoice", "Customer Invoice"),
                    ("out_refund", "Customer Credit Note"),
                    ("in_invoice", "Vendor Bill"),
                    ("in_refund", "Vendor Credit Note"),
                ],
            )
            .required()
            .preset(Preset::Text("entry"))
            .shown_readonly(),
            many2one("partner_id", "Partner", "res.partner").restrict(),
            date("invoice_date", "Invoice/Bill Date").not_copied(),
            date("invoice_date_due", "Due Date").not_copied(),
            many2one("invoice_user_id", "Salesperson", "res.users").preset(Preset::User).not_copied(),
            many2one("company_id", "Company", "res.company")
                .required()
                .preset(Preset::Company)
                .shown_required(false),
            many2one("currency_id", "Currency", "res.currency").required().preset(Preset::Currency),
            one2many("invoice_line_ids", "Invoice lines", "account.move.line", "move_id")
                .copied()
                .without("display_type", "payment_term"),
            one2many("line_ids", "Journal Items", "account.move.line", "move_id"),
            monetary("amount_untaxed", "Untaxed Amount")
                .from(Source::Sum("invoice_line_ids", "price_subtotal"))
                .sql(Sql::Column),
            monetary("amount_total", "Total")
                .from(Source::Sum("invoice_line_ids", "price_subtotal"))
                .sql(Sql::Column),
            monetary("amount_residual", "Amount Due")
                .from(Source::Computed(computed::invoice_residual))
                .sql(Sql::Column),
            selection(
                "payment_state",
                "Payment Status",
                &[
                    ("not_paid", "Not Paid"),
                    ("in_payment", "In Payment"),
                    ("paid", "Paid"),
                    ("partial", "Partially Paid"),
                ],
            )
            .readonly()
            .preset(Preset::Text("not_paid")),
            boolean("is_move_sent", "Is Move Sent").not_copied().shown_readonly(),
        ],
        ruled: true,
        ..model("account.move", "Journal Entry", "account")
    },
    Model {
        order: "move_id desc, sequence, id",
        rights: &[(INVOICING, "rwcu"), (SYSTEM, "rwcu")],
        fields: &[
            many2one("move_id", "Journal Entry", "account.move").required().cascade().shown_readonly(),
            integer("sequence", "Sequence").preset(Preset::Number(10)),
            char("name", "Label"),
            selection(
                "display_type",
                "Display Type",
                &[
                    ("product", "Product"),
                    ("payment_term", "Payment Term"),
                    ("line_section", "Section"),
                    ("line_note", "Note"),
                ],
            )
            .required()
            .preset(Preset::Text("product")),
            many2one("account_id", "Account", "account.account").restrict(),
            date("date_maturity", "Due Date"),
            many2one("product_id", "Product", "product.product").restrict(),
            float("quantity", "Quantity").preset(Preset::Number(1)),
            float("price_unit", "Unit Price"),
            float("discount", "Discount (%)"),
            monetary("price_subtotal", "Subtotal")
                .from(Source::Computed(computed::invoice_line_subtotal))
                .sql(Sql::Column),
            monetary("balance", "Balance")
                .from(Source::Computed(computed::line_balance))
                .sql(Sql::Column)
                .writable(),
            monetary("debit", "Debit")
                .from(Source::Computed(computed::line_debit))
                .sql(Sql::Column)
                .writable(),
            monetary("credit", "Credit")
                .from(Source::Computed(computed::line_credit))
                .sql(Sql::Column)
                .writable(),
            monetary("amount_residual", "Residual Amount")
                .from(Source::Computed(computed::line_residual))
                .sql(Sql::Column),
            date("date", "Date").from(Source::Related("move_id.date")).sql(Sql::Column),
            many2one("company_id", "Company", "res.company")
                .from(Source::Related("move_id.company_id"))
                .sql(Sql::Column),
            many2one("currency_id", "Currency", "res.currency")
                .from(Source::Related("move_id.currency_id"))
                .sql(Sql::Column)
                .writable()
                .shown_required(true),
            many2one("partner_id", "Partner", "res.partner")
                .from(Source::Related("move_id.partner_id"))
                .sql(Sql::Column)
                .writable(),
            selection(
                "parent_state",
                "State",
                &[("draft", "Draft"), ("posted", "Posted"), ("cancel", "Cancelled")],
            )
            .from(Source::Related("move_id.state"))
            .sql(Sql::Column),
        ],
        ruled: true,
        ..model("account.move.line", "Journal Item", "account")
    },
    Model {
        order: "code, id",
        rights: &[(INVOICING, "r"), (SYSTEM, "rwcu")],
        fields: &[
            char("name", "Account Name").required().translated(),
            char("code", "Code").required().elsewhere().shown_required(false),
            selection(
                "account_type",
                "Type",
                &[
                    ("asset_receivable", "Receivable"),
                    ("asset_cash", "Bank and Cash"),
                    ("liability_payable", "Payable"),
                    ("income", "Income"),
                    ("expense", "Expenses"),
                ],
            )
            .required(),
            boolean("reconcile", "Allow Reconciliation"),
            boolean("active", "Active").preset(Preset::True),
        ],
        ..model("account.account", "Account", "account")
    },
    Model {
        rights: &[(INVOICING, "rwcu"), (SYSTEM, "rwcu")],
        fields: &[
            many2one("move_id", "Invoice", "account.move").required().cascade(),
            many2many("mail_partner_ids", "To", "res.partner"),
            char("subject", "Subject"),
            html("body", "Contents"),
        ],
        name_field: "subject",
        transient: true,
        ..model("account.move.send.wizard", "Account Move Send Wizard", "account")
    },
];
