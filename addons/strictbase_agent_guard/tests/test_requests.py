# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A refused call waits as a request until a person has decided."""

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_approval import CLIENT
from .common_requests import GUARD, MODEL, RequestCase


@tagged("post_install", "-at_install")
class TestRequest(RequestCase):
    def test_the_refusal_is_a_request(self):
        answer = self.post(
            subject="An offer", context={"agent_mode": True, "agent_channel": "cli"}
        )
        told = self.asked(answer)
        lines = answer.body["message"].splitlines()
        self.assertEqual(
            [line.partition(":")[0] for line in lines[:5]],
            ["AGENT_CONFIRMATION_REQUIRED", "reason", "detail", "request", "claim"],
        )
        self.assertEqual(lines[3], f"request: {told['request']}")
        self.assertEqual(lines[4], f"claim: {told['claim']}")
        self.assertEqual(answer.body["name"], "odoo.exceptions.UserError")
        self.assertEqual(answer.body["arguments"], [answer.body["message"]])
        self.assertLessEqual(len(answer.body["message"].encode()), 600)
        row = self.row(told["request"])
        self.assertEqual(row.state, "pending")
        self.assertEqual(row.agent_user_id, self.users["agent"])
        self.assertEqual(row.agent_channel, "cli")
        self.assertEqual(row.requested_model, "res.partner")
        self.assertEqual(row.requested_method, "message_post")
        self.assertEqual(row.requested_ids_json, f"[{self.client.id}]")
        self.assertFalse(row.user_id)
        self.assertEqual(row.document, self.client)
        line = next(li for li in row.asked_manifest if li["channel"] == "e-mail")
        self.assertEqual(line["recipients"], [{"name": "Client", "address": CLIENT}])
        self.assertEqual(line["subject"], "An offer")
        self.assertIn("Hello", line["body"])
        self.assertIn("guarded_agent@", line["sender"])
        # nothing of the call itself has stayed
        self.assertFalse(
            self.env["mail.message"].search([("subject", "=", "An offer")])
        )

    def test_the_secret_is_nowhere(self):
        told = self.asked(self.post())
        self.env.cr.execute(
            "SELECT string_agg(c::text, '') FROM strictbase_agent_confirmation c"
        )
        self.assertNotIn(told["claim"], self.env.cr.fetchone()[0])

    def test_the_same_call_finds_its_request(self):
        first, again = self.asked(self.post()), self.asked(self.post())
        self.assertEqual(first, again)
        other = self.asked(self.post(body="Other words"))
        self.assertNotEqual(other["request"], first["request"])
        wide = self.asked(self.post("agent_wide"))
        self.assertNotEqual(wide["request"], first["request"])
        self.assertNotEqual(wide["claim"], first["claim"])
        self.approve(first["request"])
        self.assertEqual(self.asked(self.post())["state"], "approved")

    def test_a_long_refusal_is_short(self):
        partners = self.env["res.partner"].create(
            [
                {"name": f"Näme {'ß' * 150} {n}", "email": f"many{n}@outside.example"}
                for n in range(60)
            ]
        )
        answer = self.post(partner_ids=partners.ids, subject="é" * 300)
        self.assertLessEqual(len(answer.body["message"].encode()), 600)
        self.assertRegex(answer.body["message"], r"\nrecipient: and \d+ more")
        self.assertIn(f"claim: {self.asked(answer)['claim']}\n", answer.body["message"])

    def test_refused_approved_sent_once(self):
        told = self.asked(self.post())
        early = self.with_claim(told)
        self.assertIn("token: waiting for approval", early.text)
        self.assertEqual(self.asked(early)["request"], told["request"])
        self.assertFalse(self.wire.letters)
        self.approve(told["request"])
        for who in ("agent_wide", "human"):
            context = {"agent_confirmation_token": told["claim"], "agent_mode": True}
            other = self.post(who, context=context)
            self.assertTrue(other.confirmation_required, other.text)
        self.assertFalse(self.wire.letters)
        answer = self.with_claim(told)
        self.assertTrue(answer.ok, answer.text)
        self.assertEqual(self.recipients(), [CLIENT])
        again = self.with_claim(told)
        self.assertIn("token: already used", again.text)
        self.assertFalse(self.wire.letters)

    def test_status(self):
        told = self.asked(self.post())
        number = told["request"]
        status = self.status(number).body
        self.assertEqual(status["state"], "pending")
        self.assertTrue(status["expires_at"])
        for who in ("agent_wide", "human", "approver"):
            self.assertEqual(self.status(number, who).status, 403)
        self.assertEqual(self.status("nothing").status, 403)
        self.assertEqual(self.status(["x"]).status, 422)
        self.approve(number)
        status = self.status(number).body
        self.assertEqual(status["state"], "approved")
        self.assertEqual(status["decided_by"], self.users["approver"].name)
        self.assertTrue(self.with_claim(told).ok)
        self.env[MODEL].search([("state", "=", "reserved")]).state = "done"
        status = self.status(number).body
        self.assertEqual(status["state"], "done")

    def test_rejected(self):
        told = self.asked(self.post())
        self.row(told["request"]).with_user(self.users["approver"])._reject("Too early")
        status = self.status(told["request"]).body
        self.assertEqual((status["state"], status["reason"]), ("rejected", "Too early"))
        answer = self.with_claim(told)
        self.assertIn("token: rejected: Too early", answer.text)
        self.assertNotEqual(self.asked(answer)["request"], told["request"])

    def test_expired(self):
        told = self.post_approved()
        row = self.row(told["request"])
        row.expires_at = fields.Datetime.subtract(fields.Datetime.now(), seconds=1)
        self.env.flush_all()
        self.assertEqual(self.status(told["request"]).body["state"], "expired")
        self.assertIn("token: expired", self.with_claim(told).text)
        with self.assertRaises(UserError):
            row.with_user(self.users["approver"]).action_approve()

    @mute_logger("odoo.models.unlink")
    def test_time_is_up(self):
        told = self.asked(self.post())
        row = self.row(told["request"])
        row.expires_at = fields.Datetime.subtract(fields.Datetime.now(), days=1)
        gone = self.row(self.asked(self.post(body="Gone"))["request"])
        activities = gone.activity_ids
        self.assertTrue(activities)
        self.env.cr.execute(
            "DELETE FROM strictbase_agent_confirmation WHERE id = %s", [gone.id]
        )
        self.env[MODEL]._gc_requests()
        self.assertEqual(self.row(told["request"]).state, "expired")
        self.assertFalse(self.row(told["request"]).activity_ids)
        self.assertFalse(activities.exists())

    def test_withdrawn(self):
        told = self.asked(self.post())
        call = f"{MODEL}/withdraw_request"
        other = self.rpc("agent_wide", call, request_uuid=told["request"])
        self.assertEqual(other.status, 403)
        self.assertTrue(self.rpc("agent", call, request_uuid=told["request"]).ok)
        self.assertEqual(self.status(told["request"]).body["state"], "rejected")

    def test_so_many_wait(self):
        self.env["ir.config_parameter"].set_param(f"{GUARD}.max_pending", "2")
        self.asked(self.post(body="1"))
        told = self.asked(self.post(body="2"))
        answer = self.post(body="3")
        self.assertTrue(answer.confirmation_required)
        self.assertFalse(answer.body["context"])
        self.assertNotIn("\nclaim: ", answer.body["message"])
        self.assertIn("2 requests of this agent wait", answer.text)
        self.assertEqual(self.asked(self.post(body="2")), told)
        self.asked(self.post("agent_wide"))
        self.approve(told["request"])
        self.asked(self.post(body="3"))

    def test_approvers_are_told(self):
        told = self.asked(self.post())
        row = self.row(told["request"])
        approver = self.users["approver"]
        self.assertIn(approver, row.activity_ids.user_id)
        self.assertFalse(
            self.env["mail.mail"].search(
                [("model", "=", MODEL), ("res_id", "=", row.id)]
            )
        )
        self.approve(told["request"])
        self.assertFalse(self.row(told["request"]).activity_ids)
        self.assertIn("Approved", row.message_ids[:1].body)

    def test_all_is_stopped(self):
        guard = self.env["strictbase.agent.guard"]
        for who in ("agent", "human"):
            with self.assertRaises(AccessError):
                guard.with_user(self.users[who])._stop(True)
        told = self.post_approved()
        guard.with_user(self.users["approver"])._stop(True)
        self.env.flush_all()
        for answer in (self.post(body="x"), self.with_claim(told)):
            self.assertIn("Approver has stopped all sending by agents on", answer.text)
            self.assertFalse(answer.body["context"])
        guard.with_user(self.users["approver"])._stop(False)
        self.env.flush_all()
        self.assertTrue(self.with_claim(told).ok)

    def test_a_person_in_agent_mode_has_no_request(self):
        answer = self.post("human", context={"agent_mode": True})
        self.assertTrue(answer.confirmation_required)
        self.assertFalse(answer.body["context"])
