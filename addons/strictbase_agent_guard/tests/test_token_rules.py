# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
"""What a token can be issued for, and how it is taken back."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL

from .common import ConfirmationCase


@tagged("post_install", "-at_install")
class TestTokenRules(ConfirmationCase):
    def test_calls_that_nobody_can_make(self):
        ids = self.document.ids
        for call in (
            ("no.such.model", "message_post", ids),
            ("res.partner", "no_such_method", ids),
            ("res.partner", "_write", ids),
            ("res.partner", "_message_subscribe", ids),
            ("res.partner", "mapped", ids),
            ("res.partner", "name", ids),
            ("res.partner", "__init__", ids),
            ("res.partner", "message_post", [1.5]),
            ("res.partner", "message_post", [True]),
            ("res.partner", "message_post", [str(ids[0])]),
            ("res.partner", "message_post", [-1]),
            ("res.partner", "message_post", [0]),
            ("res.partner", "message_post", "12"),
            ("res.partner", "message_post", 1.0),
            ("res.partner", "message_post", [10**8]),
        ):
            with self.assertRaises(UserError, msg=call):
                self.issue(*call)

    def test_calls_that_agents_make(self):
        for call in (
            ("res.partner", "message_post", self.document.ids),
            ("res.partner", "message_post", self.document.id),
            ("res.partner", "message_post", tuple(self.document.ids)),
            ("res.partner", "create", []),
            ("res.partner", "create", None),
            ("mail.thread", "message_notify", []),
        ):
            self.assertTrue(self.issue(*call), call)

    def test_what_the_approver_may_not_read(self):
        rule = self.env["ir.rule"].create(
            {
                "name": "Not this one",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": [("id", "!=", self.document.id)],
            }
        )
        with self.assertRaises(AccessError):
            self.issue()
        self.issue("res.partner", "message_post", self.client.ids)
        with self.assertRaises(AccessError):
            self.issue("ir.mail_server", "send_email", [])
        # an agent's draft is nobody else's to read; what it is about is
        draft = (
            self.env["mail.compose.message"]
            .with_user(self.agent)
            .create(
                {
                    "model": "res.partner",
                    "res_ids": str(self.document.ids),
                    "composition_mode": "comment",
                    "body": "x",
                }
            )
        )
        call = ("mail.compose.message", "action_send_mail", draft.ids)
        with self.assertRaises(AccessError):
            self.issue(*call)
        rule.active = False
        self.assertTrue(self.issue(*call))

    def test_revoked(self):
        token = self.issue()
        row = self.confirmations.search([], limit=1)
        self.assertEqual(row.status, "approved")
        for user in (self.colleague, self.agent, self.auditor):
            with self.assertRaises(AccessError):
                row.with_user(user).action_revoke()
        row.with_user(self.approver).action_revoke()
        self.assertEqual(row.status, "revoked")
        self.assertHeld(self.post, token=token, fault="revoked")
        with self.assertRaises(UserError):
            row.with_user(self.approver).action_revoke()

    def test_revoked_by_whoever_has_the_token(self):
        token = self.issue()
        confirmations = self.confirmations.with_user(self.approver)
        with self.assertRaises(UserError):
            confirmations.revoke_token("unknown")
        confirmations.revoke_token(token)
        self.assertHeld(self.post, token=token, fault="revoked")

    def test_what_was_used_stays_used(self):
        token = self.issue()
        self.post(token=token)
        row = self.confirmations.search([], limit=1)
        with self.assertRaises(UserError):
            row.with_user(self.approver).action_revoke()
        self.assertIn(row.status, ("done", "reserved"))

    def test_seen_to_have_ended(self):
        self.issue()
        row = self.confirmations.search([], limit=1)
        past = fields.Datetime.now() - timedelta(minutes=1)
        self.env.cr.execute(
            SQL(
                "UPDATE strictbase_agent_confirmation SET expires_at = %s "
                "WHERE id = %s",
                past,
                row.id,
            )
        )
        row.invalidate_recordset()
        self.assertEqual(row.status, "expired")
        found = self.confirmations.search([("status", "=", "expired")])
        self.assertIn(row, found)
        self.assertNotIn(row, self.confirmations.search([("status", "=", "approved")]))
