# Piped into `odoo shell` by live.sh: the users of the live suite and their keys, written to $LIVE_KEYS, and what
# they may not make themselves.
import os

ORDINARY = [
    "base.group_user",
    "base.group_partner_manager",
    "project.group_project_user",
    "hr_timesheet.group_hr_timesheet_user",
    "sales_team.group_sale_salesman",
    "account.group_account_invoice",
]
USERS = {
    # An agent as it should be: guarded, without the documentation group.
    "LIVE_AGENT_KEY": ("live_agent", ORDINARY + ["strictbase_agent_guard.group_agent"]),
    # An ordinary user with the documentation group.
    "LIVE_DOCS_KEY": ("live_docs", ORDINARY + ["api_doc.group_allow_doc"]),
    # A person who approves.
    "LIVE_APPROVER_KEY": (
        "live_approver",
        ORDINARY + ["strictbase_agent_guard.group_agent_confirmation_approver"],
    ),
}

users = env["res.users"].with_context(no_reset_password=True)  # noqa: F821
with open(os.environ["LIVE_KEYS"], "w") as keys:
    for name, (login, groups) in USERS.items():
        user = users.create(
            {
                "name": login,
                "login": login,
                "email": f"{login}@company.example",
                "tz": "Europe/Brussels",
                "group_ids": [(6, 0, [env.ref(group).id for group in groups])],  # noqa: F821
            }
        )
        env["hr.employee"].create({"name": login, "user_id": user.id})  # noqa: F821
        key = env(user=user.id)["res.users.apikeys"].sudo()._generate("rpc", "live", None)  # noqa: F821
        keys.write(f"{name}={key}\n")
    # The administrator, for what nobody else may ask.
    admin = env.ref("base.user_admin")  # noqa: F821
    key = env(user=admin.id)["res.users.apikeys"].sudo()._generate("rpc", "live", None)  # noqa: F821
    keys.write(f"LIVE_ADMIN_KEY={key}\n")
# Tasks with properties: only administrators of projects define them.
env["project.project"].create(  # noqa: F821
    {
        "name": "Suite properties",
        "task_properties_definition": [
            {"name": "suite_size", "string": "Size", "type": "integer"},
            {"name": "suite_ok", "string": "Ok", "type": "boolean"},
            {"name": "suite_who", "string": "Who", "type": "many2one", "comodel": "res.partner"},
        ],
    }
)
env.cr.commit()  # noqa: F821
