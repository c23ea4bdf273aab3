# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A refused call waits as a request; what a person approved is what is sent."""

import base64
import hashlib
import json

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..tools.manifest import canonical
from .common_approval import CLIENT, ApprovalCase

GUARD = "strictbase_agent_guard"
MODEL = "strictbase.agent.confirmation"


class RequestCase(ApprovalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param(f"{GUARD}.unbound_tokens", False)
        cls.second = cls.env["res.partner"].create(
            {"name": "Second", "email": "second@outside.example"}
        )
        cls.env.flush_all()

    def asked(self, answer):
        """What the refusal tells of its request."""
        self.assertTrue(answer.confirmation_required, answer.text)
        return answer.body["context"]["agent_confirmation"]

    def row(self, number):
        self.env.invalidate_all()
        return self.env[MODEL].search([("request_uuid", "=", number)])

    def approve(self, number, who="approver"):
        self.row(number).with_user(self.users[who]).action_approve()
        self.env.flush_all()

    def post_approved(self, **kwargs):
        """A claim that has been approved."""
        told = self.asked(self.post(**kwargs))
        self.approve(told["request"])
        return told

    def status(self, number, who="agent"):
        return self.rpc(who, f"{MODEL}/request_status", request_uuid=number)

    def with_claim(self, told, **kwargs):
        self.wire.clear()
        context = {"agent_confirmation_token": told["claim"]}
        return self.post(context=context, **kwargs)

    def assertDiffers(self, answer, *words):
        self.assertTrue(answer.confirmation_required, answer.text)
        self.assertIn("\ntoken: not what was approved", answer.body["message"])
        for word in words:
            self.assertIn(word, answer.body["message"])
        self.assertFalse(self.wire.letters)


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


@tagged("post_install", "-at_install")
class TestSame(RequestCase):
    """Between yes and sending, anything may have been changed."""

    def test_other_words(self):
        for change, words in (
            ({"body": "Other"}, "the text differs"),
            ({"subject": "Other"}, "the subject differs"),
            ({"email_from": "boss@inside.example"}, " differs"),
        ):
            with self.subTest(change):
                told = self.post_approved(body="Hello", subject="One")
                answer = self.with_claim(
                    told, **{"body": "Hello", "subject": "One", **change}
                )
                self.assertDiffers(answer, words)
                new = self.asked(answer)
                self.assertNotEqual(new["request"], told["request"])
                self.assertEqual(self.row(new["request"]).state, "pending")
                self.assertEqual(
                    self.row(new["request"]).earlier_id, self.row(told["request"])
                )
                # what was approved may still be sent
                self.assertTrue(self.with_claim(told, body="Hello", subject="One").ok)

    def test_other_people(self):
        both = [self.client.id, self.second.id]
        told = self.post_approved()
        self.assertDiffers(
            self.with_claim(told, partner_ids=both),
            "recipient added: Second <second@outside.example>",
        )
        self.assertDiffers(
            self.with_claim(told, partner_ids=[self.second.id]), "Second"
        )
        self.assertTrue(self.with_claim(told).ok)
        self.assertEqual(self.recipients(), [CLIENT])

    def test_fewer_people(self):
        told = self.post_approved(partner_ids=[self.client.id, self.second.id])
        self.assertTrue(self.with_claim(told).ok)
        self.assertEqual(self.recipients(), [CLIENT])

    def test_another_address(self):
        told = self.post_approved()
        self.client.email = "eve@elsewhere.example"
        self.env.flush_all()
        self.assertDiffers(
            self.with_claim(told),
            f"address of Client: eve@elsewhere.example instead of {CLIENT}",
        )

    def test_another_record(self):
        told = self.post_approved()
        answer = self.with_claim(told, record="quiet")
        self.assertIn("token: issued for another call", answer.text)
        self.assertFalse(self.wire.letters)

    def test_a_follower(self):
        comment = {"record": "quiet", "subtype_xmlid": "mail.mt_comment"}
        told = self.post_approved(**comment)
        quiet = self.env["res.partner"].browse(self.at["quiet"])
        quiet.message_subscribe(self.second.ids)
        self.env.flush_all()
        self.assertDiffers(self.with_claim(told, **comment), "second@outside.example")

    def test_files(self):
        def file(name, data):
            return [[name, base64.b64encode(data).decode()]]

        stored = self.env["ir.attachment"].create(
            {
                "name": "a.txt",
                "raw": b"one",
                "res_model": "mail.compose.message",
                "res_id": 0,
            }
        )
        stored.create_uid = self.users["agent"]
        self.env.cr.execute(
            "UPDATE ir_attachment SET create_uid = %s WHERE id = %s",
            [self.users["agent"].id, stored.id],
        )
        self.env.flush_all()
        told = self.post_approved(attachment_ids=stored.ids)
        stored.raw = b"two"
        self.env.flush_all()
        self.assertDiffers(
            self.with_claim(told, attachment_ids=stored.ids),
            "attachment changed: a.txt",
        )
        self.assertDiffers(self.with_claim(told), "attachment missing: a.txt")
        stored.raw = b"one"
        self.env.flush_all()
        self.assertTrue(self.with_claim(told, attachment_ids=stored.ids).ok)

    def test_a_template(self):
        template = self.env["mail.template"].create(
            {
                "name": "Offer",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "subject": "Offer",
                "body_html": "<p>Ten</p>",
                "partner_to": "{{ object.id }}",
            }
        )
        self.env.flush_all()

        def send(**context):
            self.wire.clear()
            return self.rpc(
                "agent",
                "mail.template/send_mail",
                [template.id],
                context=context or None,
                res_id=self.client.id,
                force_send=True,
            )

        told = self.asked(send())
        self.approve(told["request"])
        template.body_html = "<p>Twenty</p>"
        self.env.flush_all()
        self.assertDiffers(
            send(agent_confirmation_token=told["claim"]), "the text differs"
        )
        template.body_html = "<p>Ten</p>"
        self.env.flush_all()
        answer = send(agent_confirmation_token=told["claim"])
        self.assertTrue(answer.ok, answer.text)
        self.assertEqual(self.recipients(), [CLIENT])

    def test_a_composer(self):
        values = {
            "model": "res.partner",
            "res_ids": f"[{self.at['quiet']}]",
            "subject": "Offer",
            "body": "Offer",
            "partner_ids": [[6, 0, [self.client.id]]],
        }
        wizard = self.rpc(
            "agent", "mail.compose.message/create", vals_list=[values]
        ).body

        def send(**context):
            self.wire.clear()
            return self.rpc(
                "agent",
                "mail.compose.message/action_send_mail",
                wizard,
                context=context or None,
            )

        told = self.asked(send())
        self.approve(told["request"])
        change = self.rpc(
            "agent", "mail.compose.message/write", wizard, vals={"body": "Other"}
        )
        self.assertTrue(change.ok)
        token = {"agent_confirmation_token": told["claim"]}
        self.assertDiffers(send(**token), "the text differs")
        self.rpc("agent", "mail.compose.message/write", wizard, vals={"body": "Offer"})
        answer = send(**token)
        self.assertTrue(answer.ok, answer.text)
        self.assertIn(CLIENT, self.recipients())


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
