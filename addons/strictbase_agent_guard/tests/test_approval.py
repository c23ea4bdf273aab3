# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The published flow and nested calls, with two identities."""

import json
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_approval import CLIENT, TOMORROW, ApprovalCase


@tagged("post_install", "-at_install")
class TestPublishedFlow(ApprovalCase):
    def test_refused_minted_sent_refused(self):
        """The flow of the published module, with two keys."""
        self.wire.clear()
        refused = self.post(context={"agent_mode": True, "agent_channel": "cli"})
        self.assertTrue(refused.confirmation_required, refused.text)
        self.assertEqual(refused.status, 422)
        self.assertEqual(refused.body["name"], "odoo.exceptions.UserError")
        lines = refused.body["message"].splitlines()
        self.assertEqual(lines[0], "AGENT_CONFIRMATION_REQUIRED")
        self.assertEqual(lines[1], "reason: outbound_client_communication")
        self.assertTrue(lines[2].startswith("detail: "))
        self.assertFalse(self.wire.letters)
        token = self.issue("res.partner", "message_post", [self.client.id])
        context = {"agent_mode": True, "agent_confirmation_token": token}
        answer = self.post(context=context)
        self.assertTrue(answer.ok, answer.text)
        self.assertEqual(self.recipients(), [CLIENT])
        again = self.post(context=context)
        self.assertTrue(again.confirmation_required, again.text)
        self.assertEqual(self.recipients(), [CLIENT])

    def test_the_agent_cannot_mint(self):
        answer = self.rpc(
            "agent",
            "strictbase.agent.confirmation/issue_token",
            model_name="res.partner",
            method_name="message_post",
            record_ids=[self.client.id],
        )
        self.assertEqual(answer.status, 403)

    def test_status(self):
        for who, agent, approver in (
            ("agent", True, False),
            ("approver", False, True),
            ("human", False, False),
        ):
            answer = self.rpc(who, "strictbase.agent.confirmation/guard_status")
            self.assertTrue(answer.ok, answer.text)
            self.assertRegex(answer.body["version"], r"^19\.0\.\d+\.\d+\.\d+$")
            self.assertEqual(answer.body["is_agent"], agent)
            self.assertEqual(answer.body["is_approver"], approver)
            self.assertFalse(answer.body["is_administrator"])
            self.assertGreaterEqual(answer.body["agent_group_members"], 2)

    def test_the_approver_cannot_use(self):
        token = self.issue("res.partner", "message_post", [self.client.id])
        context = {"agent_mode": True, "agent_confirmation_token": token}
        self.assertTrue(self.post("approver", context=context).confirmation_required)

    def test_bound_to_the_agent_that_the_approver_named(self):
        token = self.issue(
            "res.partner",
            "message_post",
            [self.client.id],
            agent_user_id=self.users["agent"].id,
        )
        context = {"agent_confirmation_token": token}
        self.assertTrue(self.post("agent_wide", context=context).confirmation_required)
        self.assertTrue(self.post(context=context).ok)

    def test_internal_work_leaves_the_token_alone(self):
        token = self.issue("res.partner", "message_post", [self.client.id])
        context = {"agent_confirmation_token": token}
        self.assertTrue(
            self.post(context=context, partner_ids=[], subtype_xmlid="mail.mt_note").ok
        )
        self.assertEqual(self.last().state, "approved")
        self.assertTrue(self.post(context=context).ok)

    def test_a_call_that_fails_gives_the_token_back(self):
        token = self.issue("res.partner", "message_post", [self.client.id])
        context = {"agent_confirmation_token": token}
        with patch.object(
            type(self.env["mail.thread"]),
            "_notify_thread_by_web_push",
            side_effect=UserError("No push"),
        ):
            answer = self.post(context=context)
        self.assertEqual(answer.status, 422)
        self.assertFalse(answer.confirmation_required)
        self.assertEqual(self.last().state, "approved")
        self.wire.clear()
        self.assertTrue(self.post(context=context).ok)
        self.assertEqual(self.recipients(), [CLIENT])

    def test_the_token_is_nowhere_in_the_database(self):
        token = "a-token-that-must-not-stay"
        composer = self.rpc(
            "agent",
            "mail.compose.message/create",
            vals_list=[
                {
                    "model": "res.partner",
                    "res_ids": f"[{self.at['quiet']}]",
                    "body": "Later",
                    "subject": "Later",
                    "scheduled_date": TOMORROW,
                }
            ],
        ).body
        answer = self.rpc(
            "agent",
            "mail.compose.message/action_schedule_message",
            composer,
            context={"agent_confirmation_token": token, "agent_mode": True},
        )
        self.assertTrue(answer.ok, answer.text)
        self.assertNotIn(token, json.dumps(answer.body))
        scheduled = self.env["mail.scheduled.message"].search(
            [("body", "ilike", "Later")]
        )
        self.assertTrue(scheduled)
        self.assertNotIn(token, json.dumps(scheduled.mapped("send_context")))


@tagged("post_install", "-at_install")
class TestNestedCalls(ApprovalCase):
    """One approval covers what the approved call does, and nothing else."""

    def send(self, model, method, ids, token=None, **kwargs):
        context = kwargs.pop("context", {})
        if token:
            context = {**context, "agent_confirmation_token": token}
        return self.rpc("agent", f"{model}/{method}", ids, context=context, **kwargs)

    def approved(self, model, method, ids, **kwargs):
        """Refused without, sent with a token for exactly this call."""
        self.wire.clear()
        refused = self.send(model, method, ids, **kwargs)
        self.assertTrue(refused.confirmation_required, refused.text)
        self.assertFalse(self.wire.letters)
        token = self.issue(model, method, ids if isinstance(ids, list) else [ids])
        answer = self.send(model, method, ids, token=token, **kwargs)
        self.assertTrue(answer.ok, answer.text)
        self.assertEqual(self.last().state in ("reserved", "done"), True)
        return token, answer

    def composer(self, **values):
        answer = self.rpc(
            "agent",
            "mail.compose.message/create",
            vals_list=[
                {
                    "model": "res.partner",
                    "res_ids": f"[{self.at['quiet']}]",
                    "subject": "Offer",
                    "body": "Offer",
                    "partner_ids": [[6, 0, [self.client.id]]],
                    **values,
                }
            ],
        )
        self.assertTrue(answer.ok, answer.text)
        return answer.body[0]

    def test_composer_posting_a_comment(self):
        self.wire.clear()
        self.approved("mail.compose.message", "action_send_mail", self.composer())
        self.assertIn(CLIENT, self.recipients())

    def test_composer_sending_one_by_one(self):
        self.wire.clear()
        wizard = self.composer(
            composition_mode="mass_mail",
            res_ids=f"[{self.at['file']}]",
            force_send=True,
        )
        self.approved("mail.compose.message", "action_send_mail", wizard)
        self.pass_time()
        self.assertIn(CLIENT, self.recipients())

    def test_token_for_the_wizard_is_for_nothing_else(self):
        wizard = self.composer()
        token = self.issue("mail.compose.message", "action_send_mail", [wizard])
        answer = self.post(context={"agent_confirmation_token": token})
        self.assertTrue(answer.confirmation_required)
        self.assertIn("issued for another call", answer.text)
        given = self.env["strictbase.agent.confirmation"].search(
            [("request_uuid", "=", False)], limit=1
        )
        self.assertEqual(given.state, "approved")

    def test_several_messages_under_one_approval(self):
        """A note to a colleague and an e-mail to two clients: one token."""
        self.wire.clear()
        other = self.env["res.partner"].create(
            {"name": "Second client", "email": "second@outside.example"}
        )
        partners = [
            self.client.id,
            other.id,
            self.users["colleague"].partner_id.id,
        ]
        kwargs = {"body": "To all", "partner_ids": partners}
        self.approved("res.partner", "message_post", self.at["quiet"], **kwargs)
        self.assertIn(CLIENT, self.recipients())
        self.assertIn("second@outside.example", self.recipients())

    def test_scheduled_message_approved_when_created(self):
        self.wire.clear()
        values = {
            "model": "res.partner",
            "res_id": self.at["quiet"],
            "author_id": self.users["agent"].partner_id.id,
            "body": "Tomorrow",
            "subject": "Tomorrow",
            "partner_ids": [[6, 0, [self.client.id]]],
            "scheduled_date": TOMORROW,
        }
        refused = self.rpc("agent", "mail.scheduled.message/create", vals_list=[values])
        self.assertTrue(refused.confirmation_required, refused.text)
        token = self.issue("mail.scheduled.message", "create")
        answer = self.rpc(
            "agent",
            "mail.scheduled.message/create",
            vals_list=[values],
            context={"agent_confirmation_token": token},
        )
        self.assertTrue(answer.ok, answer.text)
        self.pass_time()
        self.assertIn(CLIENT, self.recipients())

    def test_scheduled_message_changed_after_its_approval(self):
        values = {
            "model": "res.partner",
            "res_id": self.at["quiet"],
            "author_id": self.users["agent"].partner_id.id,
            "body": "Tomorrow",
            "partner_ids": [[6, 0, [self.client.id]]],
            "scheduled_date": TOMORROW,
        }
        token = self.issue("mail.scheduled.message", "create")
        ids = self.rpc(
            "agent",
            "mail.scheduled.message/create",
            vals_list=[values],
            context={"agent_confirmation_token": token},
        ).body
        answer = self.rpc(
            "agent", "mail.scheduled.message/write", ids, vals={"body": "Changed"}
        )
        self.assertTrue(answer.confirmation_required, answer.text)
        # and if somebody else changes it, it is not what was approved
        self.env["mail.scheduled.message"].browse(ids).sudo().body = "Changed"
        self.env.flush_all()
        self.wire.clear()
        with mute_logger("odoo.addons.mail.models.mail_scheduled_message"):
            self.pass_time()
        self.assertNotIn(CLIENT, self.recipients())

    def test_notifications_scheduled_under_an_approval(self):
        self.wire.clear()
        self.approved(
            "res.partner",
            "message_post",
            self.at["quiet"],
            body="Later",
            partner_ids=[self.client.id],
            scheduled_date=TOMORROW,
        )
        self.assertFalse(self.wire.letters)
        self.pass_time()
        self.assertIn(CLIENT, self.recipients())

    def test_queued_mail_whose_recipient_has_moved(self):
        """Approved for one address: it does not go to another one."""
        self.approved(
            "res.partner",
            "message_post",
            self.at["quiet"],
            body="Queued",
            partner_ids=[self.client.id],
            force_send=False,
        )
        self.client.email = "elsewhere@outside.example"
        self.env.flush_all()
        self.wire.clear()
        with mute_logger("odoo.addons.strictbase_agent_guard.models.mail_mail"):
            self.pass_time()
        self.assertNotIn("elsewhere@outside.example", self.recipients())
        self.assertNotIn(CLIENT, self.recipients())

    def test_queued_mail_goes_out_under_its_approval(self):
        self.approved(
            "res.partner",
            "message_post",
            self.at["quiet"],
            body="Queued",
            partner_ids=[self.client.id],
            force_send=False,
        )
        self.wire.clear()
        self.pass_time()
        self.assertIn(CLIENT, self.recipients())
