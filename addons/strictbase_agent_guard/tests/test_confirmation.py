# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The token: who issues it, who uses it, for what, how long, how often."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import MODULE, ConfirmationCase


@tagged("post_install", "-at_install")
class TestToken(ConfirmationCase):
    def test_two_identities(self):
        token = self.issue()
        message = self.post(token=token)
        self.assertIn(self.client, message.partner_ids)
        row = self.confirmations.search([], limit=1)
        self.assertEqual(row.user_id, self.approver)
        self.assertEqual(row.agent_user_id, self.agent)
        self.assertTrue(row.used)

    def test_refused_without_token(self):
        text = self.assertHeld(self.post)
        self.assertIn("client@outside.example", text)
        self.assertIn(f"\ncall: res.partner.message_post {self.document.ids}", text)

    def test_one_use(self):
        token = self.issue()
        self.post(token=token)
        self.assertHeld(self.post, token=token, fault="already used")

    def test_issuer_is_never_the_user(self):
        token = self.issue()
        self.assertHeld(
            self.post,
            user=self.approver,
            token=token,
            record=self.document.with_context(agent_mode=True),
            fault="issued by the user",
        )
        self.post(token=token)

    def test_bound_to_the_agent_named(self):
        token = self.issue(agent_user_id=self.agent.id)
        self.assertHeld(
            self.post, user=self.other_agent, token=token, fault="issued for another"
        )
        self.post(token=token)

    def test_bound_to_the_first_agent(self):
        token = self.issue()
        self.post(token=token)
        self.assertHeld(self.post, user=self.other_agent, token=token)

    def test_scope_model_method_records(self):
        channel = self.env["discuss.channel"].search([], limit=1)
        for scope in (
            ("res.partner", "message_post", self.client.ids),
            ("res.partner", "message_notify", self.document.ids),
            ("discuss.channel", "message_post", channel.ids),
            ("res.partner", "message_post", (self.document + self.client).ids),
            ("res.partner", "message_post", []),
        ):
            token = self.issue(*scope)
            self.assertHeld(self.post, token=token, fault="issued for another call")

    def test_order_and_duplicates_do_not_matter(self):
        ids = self.document.ids
        token = self.issue("res.partner", "message_post", ids + ids)
        self.post(token=token)
        Confirmation = self.confirmations
        self.assertEqual(
            Confirmation._entry("m", "f", [3, 1, 3]),
            Confirmation._entry("m", "f", [1, 3]),
        )

    def test_unknown_token(self):
        self.assertHeld(self.post, token="made-up", fault="unknown")

    def test_expired(self):
        token = self.issue(ttl_seconds=60)
        row = self.confirmations.search([], limit=1)
        row.expires_at = fields.Datetime.now() - timedelta(seconds=1)
        row.flush_recordset()
        self.assertHeld(self.post, token=token, fault="expired")

    def test_an_hour_at_most(self):
        self.issue(ttl_seconds=10**9)
        row = self.confirmations.search([], limit=1)
        limit = fields.Datetime.now() + timedelta(seconds=3601)
        self.assertLess(row.expires_at, limit)
        self.issue()
        row = self.confirmations.search([], limit=1)
        self.assertLess(row.expires_at, fields.Datetime.now() + timedelta(seconds=601))

    def test_only_the_digest_is_kept(self):
        token = self.issue()
        self.env.cr.execute(
            "SELECT c::text FROM strictbase_agent_confirmation c "
            "ORDER BY id DESC LIMIT 1"
        )
        (text,) = self.env.cr.fetchone()
        self.assertNotIn(token, text)
        self.assertIn(self.confirmations._digest(token), text)

    def test_only_approvers_issue(self):
        for user in (
            self.agent,
            self.colleague,
            self.auditor,
            self.env.ref("base.user_admin"),
        ):
            with self.assertRaises(AccessError):
                self.issue(user=user)

    def test_agent_mode_of_the_caller_does_not_stop_an_approver(self):
        self.confirmations.with_user(self.approver).with_context(
            agent_mode=True
        ).issue_token("res.partner", "message_post")

    def test_not_for_oneself_an_approver_or_an_administrator(self):
        second = self._user(
            "token_second", f"{MODULE}.group_agent_confirmation_approver"
        )
        for user in (self.approver, second, self.env.ref("base.user_admin")):
            with self.assertRaises(UserError):
                self.issue(agent_user_id=user.id)

    def test_issuer_who_is_no_approver_any_more(self):
        token = self.issue()
        self.approver.group_ids -= self.env.ref(
            f"{MODULE}.group_agent_confirmation_approver"
        )
        self.assertHeld(self.post, token=token, fault="approver")

    def test_nothing_is_burnt_for_nothing(self):
        """A note, a comment to a colleague and a refusal leave the token alone."""
        token = self.issue()
        self.post(token=token, partner_ids=[], subtype_xmlid="mail.mt_note")
        self.post(token=token, partner_ids=self.colleague.partner_id.ids)
        self.assertHeld(self.post, token=token, record=self.client)
        row = self.confirmations.search([], limit=1)
        self.assertEqual(row.state, "approved")
        self.post(token=token)

    def test_context_cannot_make_a_grant(self):
        for context in (
            {"agent_mode": False},
            {"agent_mode": None, "agent_guard": False, "sudo": True},
            {"agent_confirmation_token": True},
            {"agent_confirmation_token": {"grant": 1}},
            {"agent_confirmation_token": ["x"]},
            {"install_mode": True, "tracking_disable": True},
        ):
            self.assertHeld(self.post, record=self.document.with_context(**context))

    def test_token_does_not_stay_in_the_context(self):
        token = self.issue()
        message = self.post(token=token)
        self.assertNotIn(token, str(message.env.context))

    def test_agent_mode_only_adds_strictness(self):
        self.post(user=self.colleague)
        record = self.document.with_context(agent_mode=True)
        self.assertHeld(self.post, user=self.colleague, record=record)
        token = self.issue()
        self.post(user=self.colleague, record=record, token=token)

    def test_sudo_and_other_users_are_still_the_agent(self):
        def by_sudo():
            self.document.with_user(self.agent).sudo().message_post(
                body="Hello", partner_ids=self.client.ids
            )

        self.assertHeld(by_sudo)
