# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""After uninstalling, Odoo is as it was. Run in a shell, on a copy of a database:

    odoo shell -d DB < live_uninstall.py

It commits. Prints one line per check; the last line says ``all good`` or not.
"""

# pylint: disable=print-used
import requests

from odoo import api
from odoo.modules.registry import Registry

env = globals()["env"]
failures = []
MODULE = "strictbase_agent_guard"


def check(title, seen, wanted):
    good = seen == wanted
    print("ok  " if good else "FAIL", title, seen)
    if not good:
        failures.append(title)


def rows(cr, query):
    cr.execute(query)
    return cr.fetchall()


agent = (
    env["res.users"]
    .with_context(no_reset_password=True)
    .create(
        {
            "name": "Uninstall agent",
            "login": "uninstall_agent",
            "email": "uninstall@inside.example",
            "group_ids": [
                (4, env.ref("base.group_user").id),
                (4, env.ref("base.group_partner_manager").id),
                (4, env.ref(f"{MODULE}.group_agent").id),
            ],
        }
    )
)
env(user=agent.id)["res.users.apikeys"].sudo()._generate("rpc", "live", None)
client = env["res.partner"].create({"name": "C", "email": "c@outside.invalid"})
env.cr.commit()
name = env.cr.dbname
modules = env["ir.module.module"].search(
    [("name", "=like", f"{MODULE}%"), ("state", "=", "installed")]
)
print("uninstalling", ", ".join(modules.mapped("name")))
guard = modules.filtered(lambda module: module.name == MODULE)
guard.with_context(agent_guard_uninstall=True).button_immediate_uninstall()

registry = Registry(name)
with registry.cursor() as cr:
    env = api.Environment(cr, api.SUPERUSER_ID, {})
    check(
        "modules left",
        rows(
            cr,
            f"SELECT name FROM ir_module_module WHERE name LIKE '{MODULE}%' "  # pylint: disable=sql-injection
            "AND state != 'uninstalled'",
        ),
        [],
    )
    for kind, query in (
        (
            "tables",
            "SELECT tablename FROM pg_tables WHERE tablename LIKE 'strictbase%'",
        ),
        ("models", "SELECT model FROM ir_model WHERE model LIKE 'strictbase%'"),
        (
            "parameters",
            "SELECT key FROM ir_config_parameter WHERE key LIKE 'strictbase%'",
        ),
        (
            "external ids",
            "SELECT name FROM ir_model_data WHERE module LIKE 'strictbase%'",
        ),
        (
            "groups",
            "SELECT name FROM res_groups WHERE name->>'en_US' LIKE 'Agent%'",
        ),
        (
            "columns",
            """
            SELECT table_name, column_name FROM information_schema.columns
             WHERE column_name LIKE 'agent_guard%' OR column_name LIKE 'strictbase%'
            """,
        ),
    ):
        check(f"{kind} left", rows(cr, query), [])
    check(
        "methods left",
        sorted(
            f"{model}.{attribute}"
            for model, cls in registry.items()
            for attribute in dir(cls)
            if attribute.startswith("_agent_guard")
        ),
        [],
    )
    check(
        "the agent's keys have ended",
        rows(
            cr,
            "SELECT bool_and(expiration_date <= now() at time zone 'utc') "  # pylint: disable=sql-injection
            f"FROM res_users_apikeys WHERE user_id = {agent.id}",
        ),
        [(True,)],
    )
    check(
        "the log is kept",
        bool(
            env["ir.attachment"].search_count(
                [
                    ("res_model", "=", "ir.module.module"),
                    ("name", "=like", "strictbase_agent_egress_%"),
                ]
            )
        ),
        True,
    )
    message = (
        env["res.partner"]
        .with_user(agent.id)
        .browse(client.id)
        .message_post(body="Free again", partner_ids=client.ids)
    )
    check("the former agent's message is sent", bool(message.sudo().mail_ids), True)
    try:
        requests.get("http://127.0.0.1:9/", timeout=1)
        outcome = "answered"
    except requests.exceptions.ConnectionError:
        outcome = "no guard in the way"
    check("requests", outcome, "no guard in the way")
    cr.rollback()
with registry.cursor() as cr:
    env = api.Environment(cr, api.SUPERUSER_ID, {})
    guard = env["ir.module.module"].search([("name", "=", MODULE)])
    guard.button_immediate_install()
registry = Registry(name)
with registry.cursor() as cr:
    env = api.Environment(cr, api.SUPERUSER_ID, {})
    check(
        "installed again, it finds the agent",
        agent.id in env["res.users"]._agent_guard_uids(),
        True,
    )
print("all good" if not failures else f"{len(failures)} failed")
