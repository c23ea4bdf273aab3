# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What installing and uninstalling do beside the data files.

Without the guard an agent's key would be an employee's, and the log would be gone: the
keys end, the log is kept as a file, and installing again finds the agents.
"""

import csv
import io
import json
import logging

from odoo import fields

from .models.res_users import AGENT

_logger = logging.getLogger(__name__)

MODULE = "strictbase_agent_guard"
AGENTS_FILE = "agent_guard_agents.json"
TABLES = (
    "strictbase.agent.egress",
    "strictbase.agent.confirmation",
    "strictbase.agent.held",
    "strictbase.agent.refusal",
)
#: Digests of tokens are of no use to a reader.
LEFT_OUT = {"minted_digest", "token_digest", "nonce", "display_name"}


def post_init_hook(env):
    """Agents from before an uninstallation are agents again."""
    group = env.ref(AGENT)
    guard = env["strictbase.agent.guard"]
    for file in _files(env).filtered(lambda file: file.name == AGENTS_FILE):
        try:
            logins = json.loads(file.raw or b"[]")
        except ValueError:
            continue
        users = env["res.users"].with_context(active_test=False)
        users = users.search([("login", "in", logins), ("share", "=", False)])
        for user in users:
            if not guard._forbidden_roles(user):
                user.group_ids = [(4, group.id)]
        _logger.info("Agents found again: %s", ", ".join(users.mapped("login")))


def uninstall_hook(env):
    agents = env["res.users"].browse(env["res.users"]._agent_guard_query())
    _keep(env, AGENTS_FILE, json.dumps(agents.mapped("login")).encode())
    today = fields.Date.today()
    for model in TABLES:
        _keep(env, f"{model.replace('.', '_')}_{today}.csv", _as_csv(env[model]))
    if agents:
        env.cr.execute(
            """
            UPDATE res_users_apikeys
               SET expiration_date = now() AT TIME ZONE 'UTC'
             WHERE user_id IN %s
               AND (expiration_date IS NULL
                    OR expiration_date > now() AT TIME ZONE 'UTC')
            """,
            [tuple(agents.ids)],
        )
        _logger.warning("The API keys of %s have ended", agents.mapped("login"))


def _files(env):
    module = env["ir.module.module"].search([("name", "=", MODULE)])
    return env["ir.attachment"].search(
        [("res_model", "=", module._name), ("res_id", "=", module.id)]
    )


def _keep(env, name, content):
    _files(env).filtered(lambda file: file.name == name).unlink()
    module = env["ir.module.module"].search([("name", "=", MODULE)])
    env["ir.attachment"].create(
        {"name": name, "raw": content, "res_model": module._name, "res_id": module.id}
    )


def _as_csv(records):
    names = [
        name
        for name, field in records._fields.items()
        if field.store and field.column_type and name not in LEFT_OUT
    ]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(names)
    for row in records.sudo().search([], order="id").read(names, load=None):
        writer.writerow([_safe(row[name]) for name in names])
    return text.getvalue().encode()


def _safe(value):
    """A cell that no spreadsheet takes for a formula."""
    text = "" if value is None or value is False else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text
