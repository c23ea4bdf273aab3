# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the guard costs, in queries: people nothing, agents little."""

from contextlib import contextmanager
from unittest.mock import patch

from odoo.tests import tagged

from ..models.res_users import ResUsers
from .common import ConfirmationCase

COMMENT = {"message_type": "comment", "subtype_xmlid": "mail.mt_comment"}


@tagged("post_install", "-at_install")
class TestCost(ConfirmationCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quiet = cls.env["res.partner"].create({"name": "Quiet"})
        cls.quiet.message_subscribe(partner_ids=cls.colleague.partner_id.ids)
        cls.author = cls._user("cost_author")
        cls.mine = cls.env["res.partner"].create({"name": "Touched"})
        cls.mine.with_user(cls.agent).write({"comment": "x"})

    def queries(self, function, user):
        """The least of three: what is in no cache costs everybody once."""
        found = []
        for _index in range(3):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            function(self.quiet.with_user(user))
            self.env.flush_all()
            self.env["strictbase.agent.touch"].sudo()._write_down()
            found.append(self.env.cr.sql_log_count - before)
        return min(found)

    @contextmanager
    def without_agents(self):
        with patch.object(ResUsers, "_agent_guard_query", lambda users: frozenset()):
            self.registry.clear_cache("groups")
            yield
        self.registry.clear_cache("groups")

    CALLS = {
        "search": lambda p: p.search([("name", "=", "Quiet")]),
        "read": lambda p: p.read(["name", "email"]),
        "create": lambda p: p.create({"name": "New"}),
        "write": lambda p: p.write({"comment": "y"}),
        "note": lambda p: p.message_post(body="x"),
        "comment": lambda p: p.message_post(body="x", **COMMENT),
    }

    def test_people_pay_nothing(self):
        """A comment is sent at once in a test: with the barrier's one query."""
        barrier = {"comment": 1}
        for name, call in self.CALLS.items():
            guarded = self.queries(call, self.author)
            with self.without_agents():
                without = self.queries(call, self.author)
            self.assertEqual(guarded - without, barrier.get(name, 0), name)

    def test_people_pay_little_where_an_agent_has_been(self):
        """The same calls on a record that an agent has changed meanwhile."""
        self.quiet.with_user(self.agent).write({"comment": "x"})
        self.env["strictbase.agent.touch"].sudo()._write_down()
        for name, call in self.CALLS.items():
            guarded = self.queries(call, self.author)
            with self.without_agents():
                without = self.queries(call, self.author)
            self.assertLessEqual(guarded - without, 3, name)

    def test_agents_pay_little(self):
        allowed = {"search": 0, "read": 0, "note": 5, "write": 5, "create": 5}
        for name, call in self.CALLS.items():
            extra = self.queries(call, self.agent) - self.queries(call, self.author)
            self.assertLessEqual(extra, allowed.get(name, 10), name)

    def test_a_sending_batch_pays_one(self):
        """At the barrier: one look into the ledger, however many letters."""
        mails = self.env["mail.mail"].create(
            [
                {
                    "body_html": "<p>x</p>",
                    "recipient_ids": [(6, 0, self.client.ids)],
                    "model": "res.partner",
                    "res_id": self.quiet.id,
                }
                for _index in range(20)
            ]
        )
        self.env.flush_all()
        self.env.invalidate_all()
        # what sending needs anyway
        mails.mapped("recipient_ids.email")
        mails.mapped("mail_message_id.attachment_ids")
        mails.mapped("attachment_ids")
        mails.mapped("res_id")
        with self.assertQueryCount(1):
            self.assertEqual(mails._agent_guard_unchanged(), mails)
