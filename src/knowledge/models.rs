//! Models: what they were called before, which of them are wizards that take their records from the context, and of
//! which a user without a certain group sees only documents of their own.

use super::Version;

/// Where Odoo's guard keeps what agents ask.
pub const CONFIRMATIONS: &str = "strictbase.agent.confirmation";

/// What older Odoos, and people, call models that Odoo 19.0 calls otherwise, and the first version that calls it so;
/// the oldest where none is known that did not. Each pair was held against a 19.0 with every usual app: the first does
/// not exist there, the second does.
const RENAMED: [(&str, &str, Version); 66] = [
    ("account.account.type", "account.account", 16),
    ("account.analytic.group", "account.analytic.plan", 16),
    ("account.analytic.tag", "account.analytic.account", 16),
    ("account.invoice", "account.move", 14),
    ("account.invoice.line", "account.move.line", 14),
    ("account.invoice.refund", "account.move.reversal", 14),
    ("account.invoice.report.line", "account.invoice.report", 14),
    ("account.invoice.send", "account.move.send.wizard", 17),
    ("account.invoice.tax", "account.move.line", 14),
    ("account.register.payments", "account.payment.register", 14),
    ("account.voucher", "account.move", 14),
    ("base.action.rule", "base.automation", 14),
    ("calendar.contacts", "calendar.filters", 14),
    ("crm.case", "crm.lead", 14),
    ("crm.case.section", "crm.team", 14),
    ("crm.case.stage", "crm.stage", 14),
    ("crm.lead.tag", "crm.tag", 14),
    ("crm.opportunity", "crm.lead", 14),
    ("crm.phonecall", "mail.activity", 14),
    ("hr.analytic.timesheet", "account.analytic.line", 14),
    ("hr.contract", "hr.version", 19),
    ("hr.expense.sheet", "hr.expense", 19),
    ("hr.holidays", "hr.leave", 14),
    ("hr.holidays.status", "hr.leave.type", 14),
    ("hr.timesheet", "account.analytic.line", 14),
    ("hr.timesheet.sheet", "account.analytic.line", 14),
    ("ir.property", "ir.default", 18),
    ("ir.values", "ir.default", 14),
    ("mail.channel", "discuss.channel", 17),
    ("mail.channel.member", "discuss.channel.member", 17),
    ("mail.channel.partner", "discuss.channel.member", 16),
    ("mail.mail.statistics", "mailing.trace", 14),
    ("mail.mass_mailing", "mailing.mailing", 14),
    ("mail.mass_mailing.contact", "mailing.contact", 14),
    ("mail.mass_mailing.list", "mailing.list", 14),
    ("mail.wizard.invite", "mail.followers.edit", 19),
    ("note.note", "project.task", 17),
    ("note.tag", "project.tags", 17),
    ("payment.acquirer", "payment.provider", 16),
    ("payment.icon", "payment.method", 17),
    ("procurement.group", "stock.reference", 19),
    ("procurement.rule", "stock.rule", 14),
    ("product.attribute.line", "product.template.attribute.line", 14),
    ("product.packaging", "uom.uom", 19),
    ("product.price.history", "product.value", 14),
    ("project.issue", "project.task", 14),
    ("project.task.work", "account.analytic.line", 14),
    ("res.partner.address", "res.partner", 14),
    ("sale.order.cancel", "sale.order", 19),
    ("sale.quote.template", "sale.order.template", 14),
    ("stock.immediate.transfer", "stock.picking", 17),
    ("stock.inventory", "stock.quant", 15),
    ("stock.inventory.line", "stock.quant", 15),
    ("stock.location.path", "stock.rule", 14),
    ("stock.location.route", "stock.route", 16),
    ("stock.pack.operation", "stock.move.line", 14),
    ("stock.picking.in", "stock.picking", 14),
    ("stock.picking.out", "stock.picking", 14),
    ("stock.production.lot", "stock.lot", 16),
    ("stock.quant.package", "stock.package", 19),
    ("stock.return.picking.line.move", "stock.return.picking.line", 14),
    ("stock.valuation.layer", "stock.move", 19),
    ("survey.label", "survey.question.answer", 14),
    ("survey.page", "survey.question", 14),
    ("survey.user_input_line", "survey.user_input.line", 14),
    ("uom.category", "uom.uom", 19),
];

/// Wizards that take their records from the context, and the model of those (Odoo 19.0).
const OF_ACTIVE: [(&str, &str); 33] = [
    ("account.accrued.orders.wizard", "sale.order"),
    ("account.automatic.entry.wizard", "account.move.line"),
    ("account.merge.wizard", "account.account"),
    ("account.move.reversal", "account.move"),
    ("account.move.send.batch.wizard", "account.move"),
    ("account.move.send.wizard", "account.move"),
    ("account.payment.register", "account.move"),
    ("account.resequence.wizard", "account.move"),
    ("base.partner.merge.automatic.wizard", "res.partner"),
    ("change.password.wizard", "res.users"),
    ("crm.lead.lost", "crm.lead"),
    ("crm.lead2opportunity.partner", "crm.lead"),
    ("crm.lead2opportunity.partner.mass", "crm.lead"),
    ("crm.merge.opportunity", "crm.lead"),
    ("crm.quotation.partner", "crm.lead"),
    ("hr.departure.wizard", "hr.employee"),
    ("hr.employee.delete.wizard", "hr.employee"),
    ("hr.expense.post.wizard", "hr.expense"),
    ("hr.expense.refuse.wizard", "hr.expense"),
    ("mail.activity.schedule", "res.partner"),
    ("mail.compose.message", "res.partner"),
    ("mailing.list.merge", "mailing.list"),
    ("payment.capture.wizard", "payment.transaction"),
    ("payment.link.wizard", "account.move"),
    ("portal.share", "sale.order"),
    ("portal.wizard", "res.partner"),
    ("project.share.wizard", "project.project"),
    ("sale.advance.payment.inv", "sale.order"),
    ("sale.mass.cancel.orders", "sale.order"),
    ("sale.order.discount", "sale.order"),
    ("sms.composer", "res.partner"),
    ("stock.return.picking", "stock.picking"),
    ("validate.account.move", "account.move"),
];

/// Wizards of which a form fills a field from the first of its records, and which are not created without it.
const FILLED: [(&str, &str); 1] = [("account.move.reversal", "journal_id")];

/// The field that a wizard's form takes from its records.
pub fn filled(wizard: &str) -> Option<&'static str> {
    FILLED.iter().find(|(known, _)| *known == wizard).map(|(_, field)| *field)
}

/// A rule of Odoo's own by which a user sees only some records of a model.
pub struct OwnDocuments {
    model: &'static str,
    /// What such a user sees.
    pub seen: &'static str,
    /// The groups that see more, each with its name.
    pub lifted_by: &'static [(&'static str, &'static str)],
}

const ALL_SALES: (&str, &str) = ("sales_team.group_sale_salesman_all_leads", "Sales/User: All Documents");
const ALL_TIMESHEETS: (&str, &str) =
    ("hr_timesheet.group_hr_timesheet_approver", "Timesheets/User: all timesheets");
const ALL_TIME_OFF: (&str, &str) =
    ("hr_holidays.group_hr_holidays_user", "Time Off/Officer: Manage all requests");
const INVOICING: (&str, &str) = ("account.group_account_invoice", "Accounting/Invoicing");
const ACCOUNTING: (&str, &str) = ("account.group_account_readonly", "Show Accounting Features - Readonly");

const fn own(
    model: &'static str,
    seen: &'static str,
    lifted_by: &'static [(&'static str, &'static str)],
) -> OwnDocuments {
    OwnDocuments { model, seen, lifted_by }
}

/// As the modules of Odoo 19.0 bring them (`ir.rule`).
const OWN_DOCUMENTS: [OwnDocuments; 14] = [
    own("account.analytic.line", "timesheets of their own", &[ALL_TIMESHEETS, INVOICING, ACCOUNTING]),
    own("account.invoice.report", "invoices of which they are the salesperson", &[ALL_SALES]),
    own("account.move", "invoices of which they are the salesperson", &[ALL_SALES, INVOICING, ACCOUNTING]),
    own(
        "account.move.line",
        "lines of invoices of which they are the salesperson",
        &[ALL_SALES, INVOICING, ACCOUNTING],
    ),
    own("crm.activity.report", "activities of their own", &[ALL_SALES]),
    own("crm.lead", "leads of their own and those of nobody", &[ALL_SALES]),
    own(
        "hr.applicant",
        "applicants whom they interview",
        &[("hr_recruitment.group_hr_recruitment_user", "Recruitment/Officer: Manage all applicants")],
    ),
    own(
        "hr.expense",
        "expenses of their own and those that they approve",
        &[
            ("hr_expense.group_hr_expense_user", "Expenses/All Approver"),
            ("account.group_account_user", "Show Full Accounting Features"),
        ],
    ),
    own("hr.leave", "time off of their own and that which they approve", &[ALL_TIME_OFF]),
    own("hr.leave.allocation", "allocations of their own and those that they approve", &[ALL_TIME_OFF]),
    own("sale.order", "orders of their own and those of nobody", &[ALL_SALES]),
    own(
        "sale.order.line",
        "lines of orders of their own and those of nobody",
        &[ALL_SALES, ("stock.group_stock_user", "Inventory/User")],
    ),
    own("sale.report", "orders of their own and those of nobody", &[ALL_SALES]),
    own("timesheets.analysis.report", "timesheets of their own", &[ALL_TIMESHEETS]),
];

/// The rule of a model by which a user sees only documents of their own.
pub fn own_documents(model: &str) -> Option<&'static OwnDocuments> {
    OWN_DOCUMENTS.iter().find(|own| own.model == model)
}

/// The model that had another name before.
pub fn renamed(name: &str) -> Option<&'static str> {
    RENAMED.iter().find(|(old, ..)| *old == name).map(|row| row.1)
}

/// Whether some name is that of a model for sure, today's or a former one.
pub fn is_known(name: &str) -> bool {
    let renamed = RENAMED.iter().flat_map(|(former, now, _)| [*former, *now]);
    renamed.chain(OF_ACTIVE.iter().flat_map(|(wizard, model)| [*wizard, *model])).any(|known| known == name)
}

/// What a model was called before.
pub fn former(name: &str) -> impl Iterator<Item = &'static str> {
    RENAMED.iter().filter(move |row| row.1 == name).map(|row| row.0)
}

/// What a model of the usual version is called in another.
pub fn name_in(name: &str, version: Version) -> Option<&'static str> {
    let older = RENAMED.iter().filter(|(_, now, since)| *now == name && version < *since);
    older.min_by_key(|row| row.2).map(|row| row.0)
}

/// The model of the records that a wizard takes from the context.
pub fn of_active(wizard: &str) -> Option<&'static str> {
    OF_ACTIVE.iter().find(|(known, _)| *known == wizard).map(|(_, source)| *source)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::{NEWEST, OLDEST};

    #[test]
    fn the_tables_are_sorted_and_without_a_name_that_stays() {
        assert!(RENAMED.is_sorted() && OF_ACTIVE.is_sorted());
        assert!(OWN_DOCUMENTS.iter().map(|own| own.model).is_sorted());
        assert!(OWN_DOCUMENTS.iter().all(|own| !own.lifted_by.is_empty()));
        assert!(RENAMED.iter().all(|(old, now, since)| old != now && (OLDEST..=NEWEST).contains(since)));
    }

    #[test]
    fn a_model_is_called_by_the_name_of_a_version() {
        let names = [15, 16, 17].map(|version| name_in("discuss.channel.member", version));
        assert_eq!(names, [Some("mail.channel.partner"), Some("mail.channel.member"), None]);
        assert_eq!(renamed("mail.channel"), Some("discuss.channel"));
    }
}
