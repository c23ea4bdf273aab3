# Piped into `odoo shell` by live.sh: the users of the live suite and their keys, written to $LIVE_KEYS, and what
# they may not make themselves.
import os

from odoo import release

MAJOR = release.version_info[0]
GROUPS = "group_ids" if MAJOR >= 19 else "groups_id"
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
    "LIVE_DOCS_KEY": ("live_docs", ORDINARY + (["api_doc.group_allow_doc"] if MAJOR >= 19 else [])),
    # A person who approves.
    "LIVE_APPROVER_KEY": (
        "live_approver",
        ORDINARY + ["strictbase_agent_guard.group_agent_confirmation_approver"],
    ),
}

if MAJOR < 19:
    # There is no guard, and nobody approves.
    USERS = {"LIVE_DOCS_KEY": USERS["LIVE_DOCS_KEY"]}


def key_of(user):
    keys = env(user=user.id)["res.users.apikeys"].sudo()  # noqa: F821
    return keys._generate("rpc", "live", None) if MAJOR >= 18 else keys._generate("rpc", "live")


users = env["res.users"].with_context(no_reset_password=True)  # noqa: F821
with open(os.environ["LIVE_KEYS"], "w") as keys:
    for name, (login, groups) in USERS.items():
        user = users.create(
            {
                "name": login,
                "login": login,
                "password": f"{login} password",
                "email": f"{login}@company.example",
                "tz": "Europe/Brussels",
                GROUPS: [(6, 0, [env.ref(group).id for group in groups])],  # noqa: F821
            }
        )
        env["hr.employee"].create({"name": login, "user_id": user.id})  # noqa: F821
        keys.write(f"{name}={key_of(user)}\n")
    # The administrator, for what nobody else may ask.
    admin = env.ref("base.user_admin")  # noqa: F821
    keys.write(f"LIVE_ADMIN_KEY={key_of(admin)}\n")
    # By the older protocols, which the guard shuts for an agent.
    keys.write("LIVE_LOGIN=live_docs\nLIVE_PASSWORD='live_docs password'\n")
# Tasks with properties: only administrators of projects define them, since 16.
PROPERTIES = [
    {"name": "suite_size", "string": "Size", "type": "integer"},
    {"name": "suite_ok", "string": "Ok", "type": "boolean"},
    {"name": "suite_who", "string": "Who", "type": "many2one", "comodel": "res.partner"},
]
if MAJOR >= 16:
    env["project.project"].create(  # noqa: F821
        {"name": "Suite properties", "task_properties_definition": PROPERTIES}
    )
env.cr.commit()  # noqa: F821
