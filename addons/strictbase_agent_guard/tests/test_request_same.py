# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a person approved is what is sent, or nothing is."""

import base64
from functools import partial

from odoo.tests import tagged

from .common_approval import CLIENT
from .common_requests import RequestCase


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

    def _offer(self, **values):
        """A template of a letter to a contact about itself."""
        return self.env["mail.template"].create(
            {
                "name": "Offer",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "subject": "Offer",
                "body_html": "<p>Ten</p>",
                "partner_to": "{{ object.id }}",
                **values,
            }
        )

    def _send(self, template, at_once=True, **context):
        self.wire.clear()
        return self.rpc(
            "agent",
            "mail.template/send_mail",
            [template.id],
            context=context or None,
            res_id=self.client.id,
            force_send=at_once,
        )

    def test_a_template(self):
        template = self._offer()
        self.env.flush_all()

        send = partial(self._send, template)
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

    def test_a_template_with_a_printed_document(self):
        """Odoo stores the letter first, and gives it its document then."""
        report = self.env["ir.actions.report"].create(
            {
                "name": "Offer",
                "model": "res.partner",
                "report_type": "qweb-text",
                "report_name": "strictbase_agent_guard.test_offer",
            }
        )
        view = self.env["ir.ui.view"].create(
            {
                "name": "test_offer",
                "type": "qweb",
                "key": "strictbase_agent_guard.test_offer",
                "arch": "<t t-name='x'><t t-foreach='docs' t-as='doc'>"
                "Ten <t t-out='doc.ref'/></t></t>",
            }
        )
        self.env["ir.model.data"].create(
            {
                "module": "strictbase_agent_guard",
                "name": "test_offer",
                "model": "ir.ui.view",
                "res_id": view.id,
            }
        )
        template = self._offer(report_template_ids=[(6, 0, report.ids)])
        self.client.ref = "ABC"
        self.env.flush_all()

        send = partial(self._send, template)
        for at_once in (True, False):
            with self.subTest(at_once=at_once):
                told = self.asked(send(at_once))
                (item,) = self.items(told)
                self.assertEqual(len(item["attachments"]), 1)
                self.approve(told["request"])
                token = {"agent_confirmation_token": told["claim"]}
                self.client.ref = "Other"
                self.env.flush_all()
                self.assertDiffers(send(at_once, **token), "attachment changed: Report")
                self.client.ref = "ABC"
                template.report_template_ids = False
                self.env.flush_all()
                self.assertDiffers(send(at_once, **token), "attachment missing: Report")
                template.report_template_ids = report
                self.env.flush_all()
                answer = send(at_once, **token)
                self.assertTrue(answer.ok, answer.text)
                mails = self.env["mail.mail"].search([("subject", "=", "Offer")])
                if at_once:
                    self.assertEqual(self.recipients(), [CLIENT])
                else:
                    self.assertEqual(mails.mapped("state"), ["outgoing"])
                    self.assertEqual(len(mails.attachment_ids), 1)

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
