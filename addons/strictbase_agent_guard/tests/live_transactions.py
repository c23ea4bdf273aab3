# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a token is worth after a rollback, with real transactions.

Odoo's tests run on one connection that is never committed, so this runs in a shell:

    odoo shell -d DB --smtp 127.0.0.1 --smtp-port PORT < live_transactions.py

It listens for mail at that port. It commits, so use a copy of a database. Prints one
line per check; the last line says ``all good`` or how many failed.
"""

# pylint: disable=print-used
from odoo import api
from odoo.exceptions import UserError
from odoo.service.model import retrying
from odoo.tools import config

from odoo.addons.strictbase_agent_guard.tests.live_roads import SmtpSink, serve

MODULE = "strictbase_agent_guard"
env = globals()["env"]
failures = []
serve(SmtpSink, config["smtp_port"])


def user(login, *groups):
    found = env["res.users"].search([("login", "=", login)])
    return found or env["res.users"].with_context(no_reset_password=True).create(
        {
            "name": login,
            "login": login,
            "email": f"{login}@inside.example",
            "group_ids": [
                (6, 0, [env.ref(xmlid).id for xmlid in ("base.group_user",) + groups])
            ],
        }
    )


agent = user("live_agent", f"{MODULE}.group_agent", "base.group_partner_manager")
approver = user("live_approver", f"{MODULE}.group_agent_confirmation_approver")
client = env["res.partner"].create(
    {"name": "Live client", "email": "live@outside.invalid"}
)
env.cr.commit()


def issue():
    with env.registry.cursor() as cr:
        return api.Environment(cr, approver.id, {})[
            "strictbase.agent.confirmation"
        ].issue_token(
            "res.partner", "message_post", client.ids, recipients=[client.email]
        )


def state():
    with env.registry.cursor() as cr:
        cr.execute(
            "SELECT state, manifest IS NOT NULL FROM strictbase_agent_confirmation "
            "ORDER BY id DESC LIMIT 1"
        )
        return cr.fetchone()


def post(cr, token, **kwargs):
    context = {"agent_confirmation_token": token}
    records = api.Environment(cr, agent.id, context)["res.partner"].browse(client.id)
    return records.message_post(body="Hello", partner_ids=client.ids, **kwargs)


def check(title, seen, wanted):
    good = seen == wanted
    print("ok  " if good else "FAIL", title, seen)
    if not good:
        failures.append(title)


token = issue()
with env.registry.cursor() as cr:
    post(cr, token)
    check("in use while the transaction is open", state()[0], "reserved")
    cr.rollback()
check("given back by a rollback before anything left", state(), ("approved", False))
with env.registry.cursor() as cr:
    post(cr, token)
check("used by the commit, with what left", state(), ("done", True))

token = issue()
with env.registry.cursor() as cr:
    post(cr, token, send_after_commit=False)
    cr.rollback()
check("not given back once something has left", state(), ("uncertain", True))
with env.registry.cursor() as cr:
    try:
        post(cr, token)
        outcome = "sent again"
    except UserError as error:
        lines = str(error).splitlines()
        outcome = next((li for li in lines if li.startswith("token: ")), lines[-1])
    cr.rollback()
check("and cannot be used again", outcome, "token: already used")

token = issue()
tries = []


def call():
    tries.append(1)
    message = post(cr, token)
    if len(tries) == 1:
        # as PostgreSQL says it when another transaction came first
        cr.execute(
            "DO $$ BEGIN RAISE EXCEPTION 'once' USING ERRCODE = '40001'; END $$",
            log_exceptions=False,
        )
    return message.ids


with env.registry.cursor() as cr:
    retrying(call, api.Environment(cr, agent.id, {}))
check("Odoo's own retry does not burn it", (len(tries), *state()), (2, "done", True))
print("all good" if not failures else f"{len(failures)} failed")
