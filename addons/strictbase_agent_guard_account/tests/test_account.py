# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from base64 import b64encode

from odoo import Command
from odoo.tests import tagged

from odoo.addons.strictbase_agent_guard.tests.common import ConfirmationCase


@tagged("post_install", "-at_install")
class TestAccount(ConfirmationCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not cls.env["account.journal"].search([("type", "=", "sale")], limit=1):
            chart = cls.env["account.chart.template"]
            chart.try_loading("generic_coa", cls.env.company, install_demo=False)
        cls.agent.group_ids += cls.env.ref("account.group_account_invoice")
        cls.move = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": cls.client.id,
                "invoice_date": "2026-01-01",
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Thing", "price_unit": 10, "tax_ids": False}
                    )
                ],
            }
        )
        cls.move.action_post()

    def send(self, methods, user=None, **context):
        wizard = self.env["account.move.send.wizard"].with_user(user or self.agent)
        wizard = wizard.with_context(
            active_model="account.move", active_ids=self.move.ids, **context
        ).create({"move_id": self.move.id, "sending_methods": methods})
        return wizard, wizard.action_send_and_print

    def test_by_email(self):
        _wizard, send = self.send(["email"])
        text = self.assertHeld(send)
        self.assertIn("invoice by e-mail", text)
        self.assertIn("client@outside.example", text)

    def test_by_any_other_channel(self):
        selection = self.env["res.partner"]._fields["invoice_sending_method"].selection
        others = {name for name, _label in selection} - {"manual", "email"}
        for method in others or {"snailmail"}:
            with self.subTest(method):
                sender = self.env["account.move.send"].with_user(self.agent)
                items = sender._agent_guard_items(
                    self.move, {"sending_methods": [method]}, self.agent.id
                )
                self.assertEqual(items[0].channel, f"invoice by {method}")

    def test_downloaded(self):
        _wizard, send = self.send(["manual"])
        send()

    def test_armed_for_the_job(self):
        move = self.move.with_user(self.agent)
        self.assertHeld(move.write, {"sending_data": {"author_user_id": self.agent.id}})

    def test_with_a_token_for_the_wizard(self):
        wizard, _send = self.send(["email"])
        token = self.issue(wizard._name, "action_send_and_print", wizard.ids)
        wizard = wizard.with_context(agent_confirmation_token=token)
        wizard.action_send_and_print()
        rows = self.env["strictbase.agent.egress"].search(
            [("agent_user_id", "=", self.agent.id)]
        )
        self.assertIn("invoice by e-mail", rows.mapped("channel"))
        self.assertIn("e-mail", rows.mapped("channel"))
        self.assertHeld(wizard.action_send_and_print, fault="already used")

    def test_by_somebody_else(self):
        self.colleague.group_ids += self.env.ref("account.group_account_invoice")
        _wizard, send = self.send(["email"], user=self.colleague)
        send()

    def test_a_document_put_into_a_field(self):
        """The client's page would show it; what Odoo itself makes is not meant."""
        name = "invoice_pdf_report_file"
        document = [("res_id", "=", self.move.id), ("res_field", "=", name)]
        self.move.with_user(self.agent).sudo()[name] = b64encode(b"Words")
        self.assertTrue(self.env["ir.attachment"].search(document).agent_unapproved)
        made = {"name": "x.pdf", "res_model": "account.move", "res_id": self.move.id}
        files = self.env["ir.attachment"].with_user(self.agent).sudo()
        self.assertFalse(files.create({**made, "res_field": name}).agent_unapproved)
