# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Tokens by key: for a request that waits, or bound to what the approver was shown."""

import hashlib
import json

from odoo.tests import tagged

from ..tools.manifest import canonical
from .common_approval import CLIENT
from .common_requests import GUARD, MODEL, RequestCase


@tagged("post_install", "-at_install")
class TestMinting(RequestCase):
    """Tokens are bound, too."""

    def mint(self, **kwargs):
        return self.rpc(
            "approver",
            f"{MODEL}/issue_token",
            **{
                "model_name": "res.partner",
                "method_name": "message_post",
                "record_ids": [self.client.id],
                **kwargs,
            },
        )

    def test_for_the_request_that_waits(self):
        self.asked(self.post())
        token = self.mint().body
        self.assertDiffers(self.with_claim({"claim": token}, body="Other"))
        self.assertTrue(self.with_claim({"claim": token}).ok)
        self.assertIn("already used", self.with_claim({"claim": token}).text)

    def test_for_one_of_several(self):
        self.asked(self.post())
        second = self.asked(self.post(body="Second"))
        answer = self.mint()
        self.assertEqual(answer.status, 422)
        self.assertIn("request_uuid", answer.text)
        token = self.mint(request_uuid=second["request"]).body
        self.assertDiffers(self.with_claim({"claim": token}))
        self.assertTrue(self.with_claim({"claim": token}, body="Second").ok)
        gone = self.mint(request_uuid=second["request"])
        self.assertEqual(gone.status, 422)

    def test_bound_to_nothing(self):
        answer = self.mint()
        self.assertEqual(answer.status, 422)
        self.assertIn("Nothing is bound to this token", answer.text)

    def test_bound_to_arguments(self):
        body = {"body": "Hello", "partner_ids": [self.client.id]}
        asked = {
            "model": "res.partner",
            "method": "message_post",
            "ids": [self.client.id],
            "kwargs": body,
            "context": {},
        }
        by_hand = json.dumps(
            asked, sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )
        self.assertEqual(by_hand, canonical(asked))
        token = self.mint(
            arguments_digest=hashlib.sha256(by_hand.encode()).hexdigest()
        ).body
        other = self.with_claim({"claim": token}, body="Other")
        self.assertIn("token: issued for other arguments", other.text)
        self.assertTrue(self.with_claim({"claim": token}).ok)

    def test_bound_to_recipients(self):
        token = self.mint(recipients=[CLIENT.upper()]).body
        both = [self.client.id, self.second.id]
        self.assertDiffers(self.with_claim({"claim": token}, partner_ids=both))
        self.assertTrue(self.with_claim({"claim": token}).ok)

    def test_recipients_named_while_a_request_waits(self):
        """One to more people than the approver names is not what is approved."""
        both = [self.client.id, self.second.id]
        told = self.asked(self.post(partner_ids=both))
        named = self.mint(recipients=[CLIENT], request_uuid=told["request"])
        self.assertEqual(named.status, 422, named.text)
        self.assertIn(self.second.email, named.text)
        token = self.mint(recipients=[CLIENT]).body
        claim = {"claim": token}
        self.assertFalse(self.with_claim(claim, partner_ids=both).ok)
        self.assertEqual(self.row(told["request"]).state, "pending")
        self.assertTrue(self.with_claim(claim).ok)
        # and to whom it may reach, and more, it is
        everybody = [CLIENT, self.second.email, "nobody@outside.example"]
        token = self.mint(recipients=everybody, request_uuid=told["request"]).body
        self.assertTrue(self.with_claim({"claim": token}, partner_ids=both).ok)

    def test_in_odoo_only(self):
        told = self.asked(self.post())
        self.env["ir.config_parameter"].set_param(f"{GUARD}.approve_in_odoo_only", "1")
        self.assertEqual(self.mint().status, 403)
        self.approve(told["request"])
        self.assertTrue(self.with_claim(told).ok)

    def test_buttons_are_not_for_keys(self):
        told = self.asked(self.post())
        row = self.row(told["request"])
        answer = self.rpc("approver", f"{MODEL}/action_approve", row.ids)
        self.assertEqual(answer.status, 403)

    def test_guard_status(self):
        status = self.rpc("agent", f"{MODEL}/guard_status").body
        self.assertTrue(status["requests"])
        for name in ("approve_in_odoo_only", "unbound_tokens", "stopped"):
            self.assertIs(status[name], False)

    def test_no_such_call(self):
        for change in (
            {"model_name": "no.such.model"},
            {"method_name": "_private"},
            {"method_name": "no_such_method"},
            {"record_ids": [1.5]},
            {"record_ids": [-1]},
            {"record_ids": ["1"]},
            {"record_ids": [True]},
        ):
            with self.subTest(change):
                answer = self.mint(recipients=[CLIENT], **change)
                self.assertEqual(answer.status, 422, answer.text)

    def test_manifest(self):
        told = self.asked(self.post())
        call = f"{MODEL}/request_manifest"
        for who, status in (
            ("agent", 200),
            ("approver", 200),
            ("agent_wide", 403),
            ("human", 403),
        ):
            answer = self.rpc(who, call, request_uuid=told["request"])
            self.assertEqual(answer.status, status, who)
        item = self.rpc("approver", call, request_uuid=told["request"]).body["items"][0]
        self.assertEqual(item["recipients"][0]["address"], CLIENT)
        self.assertIn("Hello", item["body_text"])
