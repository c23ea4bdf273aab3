//! Projects, tasks, timesheets and tickets. Every table here is constant: a new field or model is one
//! entry, and no code. What a model does beyond keeping values is in `business`, and what it lets whom do
//! is in its `rights`.

use super::{
    FieldType, Model, Preset, SYSTEM, Source, Sql, USER, boolean, char, date, datetime, field, float, html,
    integer, many2many, many2one, model, monetary, one2many, selection,
};
use crate::sandbox::computed;

const PROJECT: &str = "project.group_project_user";
const PROJECT_MANAGER: &str = "project.group_project_manager";
const TIMESHEETS: &str = "hr_timesheet.group_hr_timesheet_user";
const HELPDESK: &str = "helpdesk.group_helpdesk_user";
const PRIORITIES: &[(&str, &str)] =
    &[("0", "Low priority"), ("1", "Medium priority"), ("2", "High priority"), ("3", "Urgent")];

pub(super) const MODELS: &[Model] = &[
    Model {
        order: "sequence, name, id",
        thread: true,
        rights: &[(PROJECT, "r"), (PROJECT_MANAGER, "rwcu"), (SYSTEM, "rwcu")],
        fields: &[
            char("name", "Name").required().translated(),
            html("description", "Description"),
            boolean("active", "Active").preset(Preset::True),
            integer("sequence", "Sequence").preset(Preset::Number(10)),
            many2one("partner_id", "Customer", "res.partner"),
            many2one("company_id", "Company", "res.company"),
            many2one("account_id", "Project Account", "account.analytic.account"),
            many2one("user_id", "Project Manager", "res.users").preset(Preset::User),
            boolean("allow_timesheets", "Timesheets").preset(Preset::True),
            boolean("allow_billable", "Billable"),
            selection(
                "pricing_type",
                "Pricing",
                &[
                    ("task_rate", "Task rate"),
                    ("fixed_rate", "Project rate"),
                    ("employee_rate", "Employee rate"),
                ],
            )
            .sql(Sql::Search),
            many2one("sale_line_id", "Sales Order Item", "sale.order.line"),
            many2many("type_ids", "Tasks Stages", "project.task.type"),
            many2many("tag_ids", "Tags", "project.tags"),
            one2many("task_ids", "Tasks", "project.task", "project_id"),
            integer("task_count", "Task Count").from(Source::Count("task_ids")),
            date("date_start", "Start Date"),
            date("date", "Expiration Date"),
            selection(
                "privacy_visibility",
                "Visibility",
                &[
                    ("followers", "Invited internal users (private)"),
                    ("employees", "All internal users"),
                    ("portal", "Invited portal users and all internal users (public)"),
                ],
            )
            .required()
            .preset(Preset::Text("portal")),
            one2many("timesheet_ids", "Associated Timesheets", "account.analytic.line", "project_id"),
            float("total_timesheet_time", "Total amount of time")
                .from(Source::Sum("timesheet_ids", "unit_amount")),
        ],
        ruled: true,
        ..model("project.project", "Project", "project")
    },
    Model {
        order: "priority desc, sequence, date_deadline asc, id desc",
        thread: true,
        parent: "parent_id",
        rights: &[(PROJECT, "rwcu"), (PROJECT_MANAGER, "rwcu"), (SYSTEM, "rwcu")],
        fields: &[
            char("name", "Title").required(),
            html("description", "Description"),
            selection("priority", "Priority", PRIORITIES).preset(Preset::Text("0")),
            integer("sequence", "Sequence").preset(Preset::Number(10)),
            many2one("stage_id", "Stage", "project.task.type").restrict(),
            many2many("tag_ids", "Tags", "project.tags"),
            selection(
                "state",
                "State",
                &[
                    ("01_in_progress", "In Progress"),
                    ("02_changes_requested", "Changes Requested"),
                    ("03_approved", "Approved"),
                    ("1_done", "Done"),
                    ("1_canceled", "Cancelled"),
                    ("04_waiting_normal", "Waiting"),
                ],
            )
            .required()
            .not_copied()
            .preset(Preset::Text("01_in_progress")),
            datetime("date_deadline", "Deadline").not_copied(),
            datetime("date_assign", "Assigning Date").readonly(),
            many2one("project_id", "Project", "project.project"),
            float("allocated_hours", "Allocated Time"),
            many2many("user_ids", "Assignees", "res.users"),
            many2one("partner_id", "Customer", "res.partner"),
            many2one("company_id", "Company", "res.company")
                .from(Source::Related("project_id.company_id"))
                .sql(Sql::Column)
                .writable(),
            boolean("active", "Active").preset(Preset::True),
            many2one("parent_id", "Parent Task", "project.task"),
            one2many("child_ids", "Sub-tasks", "project.task", "parent_id"),
            integer("subtask_count", "Sub-task Count").from(Source::Count("child_ids")),
            many2one("sale_line_id", "Sales Order Item", "sale.order.line"),
            one2many("timesheet_ids", "Timesheets", "account.analytic.line", "task_id"),
            float("effective_hours", "Time Spent")
                .from(Source::Sum("timesheet_ids", "unit_amount"))
                .sql(Sql::Column),
            float("remaining_hours", "Time Remaining")
                .from(Source::Computed(computed::task_remaining_hours))
                .sql(Sql::Column),
            float("remaining_hours_so", "Time Remaining on SO")
                .from(Source::Related("sale_line_id.remaining_hours")),
        ],
        ruled: true,
        ..model("project.task", "Task", "project")
    },
    Model {
        order: "sequence, id",
        rights: &[(PROJECT, "r"), (PROJECT_MANAGER, "rwcu"), (SYSTEM, "rwcu")],
        fields: &[
            char("name", "Name").required().translated(),
            integer("sequence", "Sequence").preset(Preset::Number(1)),
            boolean("active", "Active").preset(Preset::True),
            boolean("fold", "Folded"),
            field("project_ids", "Projects", FieldType::Many2manyOf("project.project", "type_ids")),
        ],
        ruled: true,
        ..model("project.task.type", "Task Stage", "project")
    },
    Model {
        order: "name",
        rights: &[(PROJECT, "rwcu"), (SYSTEM, "rwcu")],
        unique: &[(&["name"], "A tag with the same name already exists.")],
        fields: &[
            char("name", "Name").required().translated(),
            integer("color", "Color"),
            field("task_ids", "Tasks", FieldType::Many2manyOf("project.task", "tag_ids")),
        ],
        ..model("project.tags", "Project Tags", "project")
    },
    Model {
        order: "name asc",
        rights: &[(USER, "r"), (SYSTEM, "rwcu")],
        fields: &[
            char("name", "Analytic Account").required().translated(),
            char("code", "Reference"),
            boolean("active", "Active").preset(Preset::True),
            many2one("partner_id", "Customer", "res.partner"),
            many2one("company_id", "Company", "res.company").preset(Preset::Company),
            one2many("line_ids", "Analytic Lines", "account.analytic.line", "account_id"),
            monetary("balance", "Balance").from(Source::Sum("line_ids", "amount")),
        ],
        ruled: true,
        ..model("account.analytic.account", "Analytic Account", "analytic")
    },
    Model {
        order: "date desc, id desc",
        rights: &[(TIMESHEETS, "rwcu"), ("account.group_account_invoice", "r"), (SYSTEM, "rwcu")],
        fields: &[
            char("name", "Description").required(),
            date("date", "Date").required().preset(Preset::Today),
            float("unit_amount", "Time Spent"),
            monetary("amount", "Amount").shown_required(true),
            many2one("project_id", "Project", "project.project").restrict(),
            many2one("task_id", "Task", "project.task"),
            many2one("employee_id", "Employee", "hr.employee").restrict(),
            many2one("user_id", "User", "res.users").preset(Preset::User),
            many2one("partner_id", "Partner", "res.partner"),
            many2one("account_id", "Project Account", "account.analytic.account").restrict(),
            many2one("company_id", "Company", "res.company").required().readonly().preset(Preset::Company),
            many2one("currency_id", "Currency", "res.currency").readonly().preset(Preset::Currency),
            many2one("so_line", "Sales Order Item", "sale.order.line"),
        ],
        ruled: true,
        ..model("account.analytic.line", "Analytic Line", "analytic")
    },
    Model {
        order: "priority desc, id desc",
        thread: true,
        rights: &[(HELPDESK, "rwcu"), (SYSTEM, "rwcu")],
        fields: &[
            char("name", "Subject").required(),
            char("ticket_ref", "Ticket IDs Sequence").readonly().preset(Preset::Sequence("")),
            html("description", "Description"),
            many2one("partner_id", "Customer", "res.partner"),
            char("partner_email", "Customer Email").from(Source::Related("partner_id.email")),
            many2one("user_id", "Assigned to", "res.users"),
            many2one("stage_id", "Stage", "helpdesk.stage").restrict().preset(Preset::First),
            selection("priority", "Priority", PRIORITIES).preset(Preset::Text("0")),
            many2one("company_id", "Company", "res.company").preset(Preset::Company),
            many2one("project_id", "Project", "project.project"),
            boolean("active", "Active").preset(Preset::True),
            datetime("close_date", "Close date").not_copied(),
        ],
        ..model("helpdesk.ticket", "Helpdesk Ticket", "helpdesk")
    },
    Model {
        order: "sequence, id",
        rights: &[(HELPDESK, "r"), (SYSTEM, "rwcu")],
        fields: &[
            char("name", "Stage Name").required(),
            integer("sequence", "Sequence").preset(Preset::Number(10)),
            boolean("fold", "Folded in Kanban"),
        ],
        ..model("helpdesk.stage", "Helpdesk Stage", "helpdesk")
    },
];
