# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Who decides about a request, with which buttons, and what that person sees."""

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_approval import CLIENT
from .common_requests import GUARD, MODEL, RequestCase


@tagged("post_install", "-at_install")
class TestWhoDecides(RequestCase):
    def test_roles(self):
        told = self.asked(self.post())
        row = self.row(told["request"])
        for user in (
            self.users["agent"],
            self.users["agent_wide"],
            self.users["human"],
            self.env.ref("base.user_admin"),
        ):
            with self.subTest(user.name), self.assertRaises(AccessError):
                row.with_user(user).action_approve()
            with self.subTest(user.name), self.assertRaises(AccessError):
                row.with_user(user)._reject("x")
        self.assertFalse(row.with_user(self.users["agent_wide"]).search([]))

    def test_a_document_that_the_approver_may_not_read(self):
        told = self.asked(self.post())
        self.env["ir.rule"].create(
            {
                "name": "closed",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": f"[('id', '!=', {self.client.id})]",
                "groups": [
                    (4, self.env.ref(f"{GUARD}.group_agent_confirmation_approver").id)
                ],
            }
        )
        row = self.row(told["request"]).with_user(self.users["approver"])
        with self.assertRaises(AccessError):
            row.action_approve()
        self.assertFalse(row.document)
        self.assertNotIn("Hello", row.preview)
        self.assertIn(CLIENT, row.preview)
        call = f"{MODEL}/request_manifest"
        answer = self.rpc("approver", call, request_uuid=told["request"])
        self.assertEqual(answer.status, 403)

    def decision(self, *told, who="approver"):
        rows = self.env[MODEL]
        for one in told:
            rows |= self.row(one["request"])
        action = rows.with_user(self.users[who]).action_decide()
        decision = self.env[action["res_model"]].with_user(self.users[who])
        return decision.browse(action["res_id"])

    def test_several_together(self):
        told = [self.asked(self.post(body=body)) for body in ("One", "Two", "Three")]
        decision = self.decision(*told[:2])
        self.assertIn("One", decision.preview)
        self.assertIn("Two", decision.preview)
        decision.action_approve()
        states = [self.row(one["request"]).state for one in told]
        self.assertEqual(states, ["approved", "approved", "pending"])
        with self.assertRaises(UserError):
            self.decision(*told)
        decision = self.decision(told[2])
        with self.assertRaises(UserError):
            decision.action_reject()
        decision.reason = "Too much\u202e"
        decision.action_reject()
        row = self.row(told[2]["request"])
        self.assertEqual(row.state, "rejected")
        self.assertIn("Too much", row.reject_reason)

    def test_those_of_several_agents_one_by_one(self):
        told = [self.asked(self.post()), self.asked(self.post("agent_wide"))]
        with self.assertRaises(UserError):
            self.decision(*told)
        with self.assertRaises(AccessError):
            self.decision(told[0], who="human")

    def test_taken_back(self):
        told = self.post_approved()
        row = self.row(told["request"]).with_user(self.users["approver"])
        row.action_revoke()
        self.env.flush_all()
        self.assertIn("token: rejected", self.with_claim(told).text)
        self.assertFalse(self.wire.letters)

    def test_a_no_by_key(self):
        told = self.asked(self.post())
        call = f"{MODEL}/reject_request"
        no = {"request_uuid": told["request"], "reason": "Wrong customer\u202e"}
        for login in ("agent", "agent_wide", "human"):
            with self.subTest(login):
                self.assertEqual(self.rpc(login, call, **no).status, 403)
        for wrong in ({"reason": " "}, {"reason": 3}, {"request_uuid": "x"}):
            with self.subTest(wrong):
                answer = self.rpc("approver", call, **{**no, **wrong})
                self.assertEqual(answer.status, 422, answer.text)
        self.assertEqual(self.status(told["request"]).body["state"], "pending")
        self.assertTrue(self.rpc("approver", call, **no).ok)
        status = self.status(told["request"]).body
        self.assertEqual(status["state"], "rejected")
        self.assertIn("Wrong customer", status["reason"])
        self.assertNotIn("\u202e", status["reason"])
        self.assertIn("token: rejected", self.with_claim(told).text)
        self.assertFalse(self.wire.letters)
        self.assertEqual(self.rpc("approver", call, **no).status, 422)

    def test_settings_are_checked(self):
        settings = self.env["res.config.settings"]
        for wrong in (
            {"agent_guard_audit_days": 0},
            {"agent_guard_max_pending": -1},
            {"agent_guard_approval_hours": 10000},
            {"agent_guard_free_hosts": "vat.example, not a host"},
            {"agent_guard_server_actions": "base.user_admin"},
            {"agent_guard_server_actions": "999999999"},
        ):
            with self.subTest(wrong), self.assertRaises(UserError):
                settings.create(wrong).set_values()
        action = self.env["ir.actions.server"].search([], limit=1)
        settings.create(
            {
                "agent_guard_request_days": 5,
                "agent_guard_free_hosts": "vat.example, rates.example",
                "agent_guard_server_actions": str(action.id),
            }
        ).set_values()
        told = self.asked(self.post())
        left = self.row(told["request"]).expires_at - fields.Datetime.now()
        self.assertAlmostEqual(left.total_seconds(), 5 * 24 * 3600, delta=60)

    @mute_logger("odoo.models.unlink")
    def test_what_the_approver_sees(self):
        self.client.name = "Cli\u202eent<script>alert(1)</script>"
        body = (
            "<p onclick='x()' style='position:fixed'>Hi <a href='https://evil.example'>"
            "https://good.example</a><img src='https://evil.example/pixel'/>"
            "\u202edlrow\u202c<span style='display:none'>hidden words</span></p>"
            "<script>alert(2)</script>"
        )
        told = self.asked(
            self.post(
                body=body,
                body_is_html=True,
                subject="A\r\nBcc: eve@x\u200b <b>bold</b>",
            )
        )
        row = self.row(told["request"]).with_user(self.users["approver"])
        seen = str(row.preview)
        for wrong in (
            "<script", "<img", "<a ", "onclick", "style=", "\u202e", "\u200b",
        ):  # fmt: skip
            self.assertNotIn(wrong, seen)
        for right in (
            "https://evil.example",
            "pixel",
            "\u27e6<span>hidden words",
            "\u27e6U+202E\u27e7",
        ):
            self.assertIn(right, seen)
        self.assertNotIn("\u202e", row.summary + row.recipients_text + row.display_name)
        for line in told and self.post(body="z").body["message"].splitlines():
            self.assertNotIn("\u202e", line)
