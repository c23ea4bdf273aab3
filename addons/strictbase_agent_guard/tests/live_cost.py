# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
"""What calls cost, in processor time: the same with and without the guard.

Run it in a database with the guard and in one without, in turns, on a quiet machine::

    odoo shell -d DB --no-http --log-level error < live_cost.py

Each line is a call, the least and the middle of its times in milliseconds, and its
queries. With the guard the last lines tell what the ledger costs an agent's call.
Nothing is kept: all of it is rolled back.
"""

import json
import os
import statistics
import time

ROUNDS = int(os.environ.get("LIVE_ROUNDS", "60"))
COMMENT = {"message_type": "comment", "subtype_xmlid": "mail.mt_comment"}
CALLS = {
    "search": lambda p: p.search([("name", "ilike", "cost")], limit=80),
    "read": lambda p: p.read(["name", "email", "comment"]),
    "create": lambda p: p.create({"name": "New"}),
    "write": lambda p: p.write({"comment": "y"}),
    "note": lambda p: p.message_post(body="x"),
    "comment": lambda p: p.message_post(body="x", **COMMENT),
}


def measure(env, record, call):
    """Least and middle processor time of one call, and its queries."""
    times, queries = [], []
    for _index in range(ROUNDS):
        env.flush_all()
        env.invalidate_all()
        before, start = env.cr.sql_log_count, time.process_time_ns()
        call(record)
        env.flush_all()
        times.append((time.process_time_ns() - start) / 1e6)
        queries.append(env.cr.sql_log_count - before)
    return min(times), statistics.median(times), min(queries)


def tell(name, found):
    least, middle, queries = found
    line = {"call": name, "least": round(least, 2), "middle": round(middle, 2)}
    print(json.dumps({**line, "queries": queries}))  # pylint: disable=print-used


def main(env):
    partners = env["res.partner"]
    users = env["res.users"].with_context(no_reset_password=True)
    values = {"group_ids": [(6, 0, env.ref("base.group_user").ids)]}
    person = users.create({"name": "Cost", "login": "cost_person", **values})
    contacts = env.ref("base.group_partner_manager")
    person.group_ids = [(4, contacts.id)]
    record = partners.create({"name": "Cost"})
    for name, call in CALLS.items():
        tell(name, measure(env, record.with_user(person), call))
    group = env.ref("strictbase_agent_guard.group_agent", raise_if_not_found=False)
    if not group:
        return
    agent = users.create({"name": "Agent", "login": "cost_agent", **values})
    agent.group_ids = [(4, contacts.id), (4, group.id)]
    ledger = env["strictbase.agent.touch"].sudo()

    def with_ledger(partner):
        partner.write({"comment": "y"})
        partner.env.flush_all()
        ledger._write_down()

    tell("agent's write", measure(env, record.with_user(agent), with_ledger))
    model = type(partners)
    toucher, model._agent_guard_toucher = model._agent_guard_toucher, lambda self: None
    tell("without ledger", measure(env, record.with_user(agent), with_ledger))
    model._agent_guard_toucher = toucher


if "env" in globals():
    try:
        main(env)  # noqa: F821 - given by the shell
    finally:
        env.cr.rollback()  # noqa: F821
