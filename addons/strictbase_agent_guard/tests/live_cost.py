# License LGPL-3 (https://www.gnu.org/licenses/lgpl).
"""What calls cost, in processor time: one side of ``scripts/guard_cost.py``.

Read there how it is run. In a database, with the guard or without, this does a call as
often as it is told and answers with its times and queries, so that both sides do the
same in turn. Nothing is kept: all of it is rolled back.
"""

import cProfile
import gc
import json
import os
import time

COMMENT = {"message_type": "comment", "subtype_xmlid": "mail.mt_comment"}
CALLS = {
    "search": lambda p: p.search([("name", "ilike", "cost")], limit=80),
    "read": lambda p: p.read(["name", "email", "comment"]),
    "create": lambda p: p.create({"name": "New"}),
    "write": lambda p: p.write({"comment": "y"}),
    "note": lambda p: p.message_post(body="x"),
    "comment": lambda p: p.message_post(body="x", **COMMENT),
}
#: Of an agent, where the guard is: what the ledger costs is the difference.
AGENT, WITHOUT_LEDGER = "agent's write", "without ledger"


class Side:
    """The calls as a person's, and where the guard is, as an agent's."""

    def __init__(self, env):
        self.env = env
        self.record = env["res.partner"].create({"name": "Cost"})
        self.calls = dict.fromkeys(CALLS, self._user("cost_person"))

    def _user(self, login, *more):
        names = ("base.group_user", "base.group_partner_manager", *more)
        groups = [self.env.ref(name).id for name in names]
        users = self.env["res.users"].with_context(no_reset_password=True)
        values = {"name": login, "login": login, "group_ids": [(6, 0, groups)]}
        return users.create(values).id

    def _add_agent(self):
        # not before: environments of users are looked through by everybody's calls
        agent = self._user("cost_agent", "strictbase_agent_guard.group_agent")
        self.calls |= {AGENT: agent, WITHOUT_LEDGER: agent}
        CALLS[AGENT] = self._write_as_agent
        CALLS[WITHOUT_LEDGER] = self._write_unnoted

    def _write_as_agent(self, partner):
        partner.write({"comment": "y"})
        partner.env.flush_all()
        self.env["strictbase.agent.touch"].sudo()._write_down()

    def _write_unnoted(self, partner):
        model = type(partner)
        toucher, model._agent_guard_toucher = model._agent_guard_toucher, lambda p: None
        try:
            self._write_as_agent(partner)
        finally:
            model._agent_guard_toucher = toucher

    def answer(self, command):
        """Times in nanoseconds, queries and, if asked, how many functions it calls."""
        if "names" in command:
            return list(self.calls)
        if command["call"] not in self.calls:
            self._add_agent()
        call = CALLS[command["call"]]
        record = self.record.with_user(self.calls[command["call"]])
        answer = {"times": [], "queries": [], "functions": 0}
        profile = cProfile.Profile() if command.get("profile") else None
        for _index in range(command["times"]):
            self.env.flush_all()
            self.env.invalidate_all()
            gc.collect(0)
            before, start = self.env.cr.sql_log_count, time.thread_time_ns()
            if profile:
                profile.enable()
            call(record)
            self.env.flush_all()
            if profile:
                profile.disable()
            answer["times"].append(time.thread_time_ns() - start)
            answer["queries"].append(self.env.cr.sql_log_count - before)
        if profile:
            called = sum(entry.callcount for entry in profile.getstats())
            answer["functions"] = called / command["times"]
        return answer


def main(env):
    side = Side(env)
    gc.collect()
    gc.freeze()
    gc.disable()
    with (
        open(os.environ["LIVE_COST_ASKED"]) as asked,
        open(os.environ["LIVE_COST_ANSWERED"], "w") as answered,
    ):
        for line in asked:
            answered.write(json.dumps(side.answer(json.loads(line))) + "\n")
            answered.flush()


if "env" in globals():
    try:
        main(env)  # noqa: F821 - given by the shell
    finally:
        env.cr.rollback()  # noqa: F821
