# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.sms.tools.sms_api import SmsApi
from odoo.addons.strictbase_agent_guard.tests.common import ConfirmationCase


@tagged("post_install", "-at_install")
class TestSms(ConfirmationCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client.phone = "+32470123456"
        cls.colleague.partner_id.phone = "+32470999999"
        cls.sent = []

    def setUp(self):
        super().setUp()
        self.sent.clear()

        def send(api, messages, delivery_reports_url=False):
            self.sent.extend(n["number"] for m in messages for n in m["numbers"])
            return [
                {"uuid": n["uuid"], "state": "success"}
                for m in messages
                for n in m["numbers"]
            ]

        self.startPatcher(patch.object(SmsApi, "_send_sms_batch", send))

    def text(self, number, partner, user=None):
        messages = self.env["sms.sms"].with_user(user or self.agent).sudo()
        return messages.create(
            {"number": number, "body": "Hello", "partner_id": partner.id}
        )

    def test_to_a_client(self):
        self.assertHeld(self.text, self.client.phone, self.client)

    def test_to_a_bare_number(self):
        self.assertHeld(self.text, "+32470000000", self.env["res.partner"])

    def test_to_a_number_that_is_not_the_colleagues(self):
        self.assertHeld(self.text, "+32470000000", self.colleague.partner_id)

    def test_to_a_colleague(self):
        message = self.text(self.colleague.partner_id.phone, self.colleague.partner_id)
        message.send()
        self.assertEqual(self.sent, ["+32470999999"])

    def test_of_somebody_else(self):
        message = self.text(self.client.phone, self.client, user=self.colleague)
        message.send()
        self.assertEqual(self.sent, ["+32470123456"])

    def test_that_an_agent_changes(self):
        message = self.text(self.client.phone, self.client, user=self.colleague)
        mine = message.with_user(self.agent).sudo()
        self.assertHeld(mine.write, {"body": "Changed"})
        self.assertHeld(message.with_user(self.agent).sudo().send)
        self.assertFalse(self.sent)

    def test_that_slipped_into_the_queue(self):
        """What an agent queued without approval is not sent by the job."""
        message = self.text(self.client.phone, self.client, user=self.colleague)
        self.env.cr.execute(
            "UPDATE sms_sms SET create_uid = %s WHERE id = %s",
            (self.agent.id, message.id),
        )
        self.env.invalidate_all()
        message.with_user(self.env.ref("base.user_root"))._send()
        self.assertFalse(self.sent)
        self.assertEqual(message.state, "canceled")

    def test_posted_under_an_approval(self):
        token = self.issue()
        self.post(
            token=token,
            message_type="sms",
            subtype_xmlid="mail.mt_note",
            partner_ids=[],
            sms_numbers=["+32470123456"],
        )
        self.assertEqual(self.sent, ["+32470123456"])
        self.assertHeld(
            self.post,
            token=token,
            message_type="sms",
            partner_ids=[],
            sms_numbers=["+32470123456"],
            fault="already used",
        )
