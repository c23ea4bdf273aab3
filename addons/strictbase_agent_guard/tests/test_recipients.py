# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Who is outside, refusals that code swallows, and invoices."""

from unittest.mock import patch

import requests

from odoo import Command
from odoo.tests import tagged

from .common_approval import CLIENT, ApprovalCase


@tagged("post_install", "-at_install")
class TestSwallowed(ApprovalCase):
    """A refusal reaches the caller even if code in between eats exceptions."""

    def assertHeldWith(self, code, **kwargs):
        self.wire.clear()

        def eater(record, **values):
            try:
                with record.env.cr.savepoint():
                    code(record)
            except Exception:  # noqa: BLE001
                return "all is well"
            return "all is well"

        with patch.object(
            self.registry["res.partner"], "guard_test_eater", eater, create=True
        ):
            answer = self.rpc("agent", "res.partner/guard_test_eater", self.client.id)
        self.assertTrue(answer.confirmation_required, answer.text)
        self.pass_time()
        self.assertFalse(self.outside(*self.recipients()), self.wire.letters)
        self.assertFalse(self.wire.requests)

    def test_message(self):
        self.assertHeldWith(
            lambda record: record.message_post(
                body="x", partner_ids=record.ids, send_after_commit=False
            )
        )

    def test_as_superuser(self):
        self.assertHeldWith(
            lambda record: record.with_user(1).message_notify(
                body="x", partner_ids=record.ids
            )
        )

    def test_mail_in_sudo_sent_at_once(self):
        self.assertHeldWith(
            lambda record: (
                record.env["mail.mail"]
                .sudo()
                .create({"email_to": CLIENT, "body_html": "x"})
                .send()
            )
        )

    def test_smtp_connection(self):
        self.assertHeldWith(
            lambda record: (
                record.env["ir.mail_server"].sudo()._connect__("smtp.example")
            )
        )

    def test_http(self):
        self.assertHeldWith(
            lambda record: requests.post("https://hook.example/x", timeout=5)
        )

    def test_commit_on_the_way(self):
        def code(record):
            record.env["mail.mail"].sudo().create(
                {"email_to": CLIENT, "body_html": "x"}
            )
            record.env.cr.commit()

        self.assertHeldWith(code)

    def test_free_hosts_answer_questions(self):
        def asker(record, **values):
            return requests.get("https://ec.europa.eu/x", timeout=5).status_code

        with patch.object(
            self.registry["res.partner"], "guard_test_asker", asker, create=True
        ):
            answer = self.rpc("agent", "res.partner/guard_test_asker", self.client.id)
        self.assertTrue(answer.ok, answer.text)


@tagged("post_install", "-at_install")
class TestRecipients(ApprovalCase):
    """Who is outside: by what the agent cannot have arranged itself."""

    def test_archived_colleague_is_outside(self):
        values = self._user_values("left_us", ("base.group_user",))
        user = self.env["res.users"].create(values)
        body = {"partner_ids": [user.partner_id.id], "record": "quiet"}
        self.assertTrue(self.post(**body).ok)
        user.active = False
        self.assertTrue(self.post(**body).confirmation_required)

    def test_defaults_cannot_add_a_recipient(self):
        """A default made before the user became an agent reaches the stored row."""
        self.env["ir.default"].sudo().set(
            "mail.mail", "email_cc", CLIENT, user_id=self.users["agent"].id
        )
        answer = self.post(
            partner_ids=[self.users["colleague"].partner_id.id], record="quiet"
        )
        self.assertTrue(answer.confirmation_required, answer.text)
        self.assertIn(CLIENT, answer.text)

    def test_context_defaults_cannot_add_a_recipient(self):
        for context in (
            {"default_email_cc": CLIENT},
            {"default_email_to": CLIENT},
            {"default_recipient_ids": [self.client.id]},
            {"default_headers": str({"Bcc": CLIENT})},
        ):
            self.wire.clear()
            answer = self.rpc(
                "agent",
                "res.partner/message_notify",
                self.at["quiet"],
                context=context,
                body="x",
                partner_ids=[self.users["colleague"].partner_id.id],
            )
            self.assertNotIn(CLIENT, self.recipients())
            if answer.ok:
                self.assertEqual(self.recipients(), ["colleague@inside.example"])

    def test_portal_user_is_outside_and_internal_user_is_not(self):
        portal = {"partner_ids": [self.portal.partner_id.id], "record": "quiet"}
        self.assertTrue(self.post(**portal).confirmation_required)
        inside = {
            "partner_ids": [self.users["colleague"].partner_id.id],
            "record": "quiet",
        }
        self.assertTrue(self.post(**inside).ok)

    def test_a_colleague_is_not_moved(self):
        """Neither by an address nor by the contact of an employee."""
        colleague = self.users["colleague"].partner_id
        values = {"email": "elsewhere@outside.example"}
        answer = self.rpc("agent", "res.partner/write", colleague.id, vals=values)
        self.assertEqual(answer.status, 403, answer.text)
        if "hr.employee" not in self.env:
            self.skipTest("hr not installed")
        self.users["agent"].group_ids = [(4, self.env.ref("hr.group_hr_user").id)]
        employees = self.env["hr.employee"].create(
            [
                {"name": "Colleague", "user_id": self.users["colleague"].id},
                {"name": "Without an account"},
            ]
        )
        self.env.flush_all()
        for employee, status in zip(employees, (403, 200), strict=True):
            for contact in (employee.work_contact_id, self.client):
                answer = self.rpc(
                    "agent",
                    "hr.employee/write",
                    employee.id,
                    vals={"work_contact_id": contact.id},
                )
                same = contact != self.client
                self.assertEqual(answer.status, 200 if same else status, answer.text)

    def test_agent_mode_of_an_employee(self):
        """It adds strictness to somebody else's call; leaving it out adds nothing."""
        self.assertTrue(self.post("human", record="quiet").ok)
        answer = self.post("human", record="quiet", context={"agent_mode": True})
        self.assertTrue(answer.confirmation_required, answer.text)
        token = self.issue("res.partner", "message_post", [self.at["quiet"]])
        answer = self.post(
            "human",
            record="quiet",
            context={"agent_mode": True, "agent_confirmation_token": token},
        )
        self.assertTrue(answer.ok, answer.text)


@tagged("post_install", "-at_install")
class TestInvoices(ApprovalCase):
    def setUp(self):
        super().setUp()
        if "account.move.send" not in self.env:
            self.skipTest("account is not installed")
        product = self.env["product.product"].create({"name": "Thing"})
        self.moves = self.env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": self.client.id,
                    "invoice_date": "2026-01-01",
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "product_id": product.id,
                                "price_unit": 10,
                                "tax_ids": [Command.clear()],
                            }
                        )
                    ],
                }
                for _index in range(2)
            ]
        )
        self.moves.action_post()
        self.moves.message_unsubscribe(self.moves.message_partner_ids.ids)

    def approve(self, model, wizard, **kwargs):
        endpoint = f"{model}/action_send_and_print"
        refused = self.rpc("agent", endpoint, wizard, **kwargs)
        self.assertTrue(refused.confirmation_required, refused.text)
        self.assertIn("invoice by e-mail", refused.text)
        self.assertIn(CLIENT, refused.text)
        token = self.issue(model, "action_send_and_print", wizard)
        answer = self.rpc(
            "agent",
            endpoint,
            wizard,
            context={"agent_confirmation_token": token},
            **kwargs,
        )
        self.assertTrue(answer.ok, answer.text)

    def test_wizard(self):
        wizard = self.rpc(
            "agent",
            "account.move.send.wizard/create",
            vals_list=[{"move_id": self.moves[0].id, "sending_methods": ["email"]}],
            context={"active_model": "account.move", "active_ids": self.moves[:1].ids},
        )
        self.assertTrue(wizard.ok, wizard.text)
        self.wire.clear()
        self.approve("account.move.send.wizard", wizard.body)
        self.assertIn(CLIENT, self.recipients())

    def test_batch_at_once(self):
        self.client.invoice_sending_method = "email"
        wizard = self.rpc(
            "agent",
            "account.move.send.batch.wizard/create",
            vals_list=[{"move_ids": [[6, 0, self.moves.ids]]}],
        )
        self.assertTrue(wizard.ok, wizard.text)
        self.wire.clear()
        self.approve(
            "account.move.send.batch.wizard", wizard.body, force_synchronous=True
        )
        self.assertEqual(self.recipients().count(CLIENT), 2)

    def test_batch_left_to_its_job(self):
        wizard = self.rpc(
            "agent",
            "account.move.send.batch.wizard/create",
            vals_list=[{"move_ids": [[6, 0, self.moves.ids]]}],
        )
        answer = self.rpc(
            "agent", "account.move.send.batch.wizard/action_send_and_print", wizard.body
        )
        self.assertTrue(answer.confirmation_required, answer.text)
        self.assertFalse(self.moves.filtered("sending_data"))

    def test_download_only_is_internal(self):
        wizard = self.rpc(
            "agent",
            "account.move.send.wizard/create",
            vals_list=[{"move_id": self.moves[0].id, "sending_methods": ["manual"]}],
            context={"active_model": "account.move", "active_ids": self.moves[:1].ids},
        )
        answer = self.rpc(
            "agent", "account.move.send.wizard/action_send_and_print", wizard.body
        )
        self.assertTrue(answer.ok, answer.text)
