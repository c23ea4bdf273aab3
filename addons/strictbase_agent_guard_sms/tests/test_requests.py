# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What was approved of a text message is what is sent."""

from odoo.tests import tagged

from odoo.addons.strictbase_agent_guard.tests.common_requests import RequestCase

QUEUE = "sms.ir_cron_sms_scheduler_action"


@tagged("post_install", "-at_install")
class TestRequests(RequestCase):
    def setUp(self):
        super().setUp()
        self.composer = self.rpc(
            "agent",
            "sms.composer/create",
            vals_list=[
                {
                    "composition_mode": "comment",
                    "res_model": "res.partner",
                    "res_id": self.client.id,
                    "body": "Hello <b>you</b>",
                }
            ],
        ).body
        self.call = ("agent", "sms.composer/action_send_sms", self.composer)

    def texts(self):
        self.pass_time(QUEUE)
        return [body for _m, url, body in self.wire.requests if "/api/sms/" in url]

    def test_what_the_approver_sees(self):
        item = next(
            item for item in self.items(self.ask(*self.call)) if item["body_text"]
        )
        self.assertEqual(item["channel"], "sms")
        self.assertEqual(item["recipients"][0]["name"], "Client")
        self.assertEqual(item["body_text"], "Hello <b>you</b>")

    def test_sent_as_approved_once(self):
        told = self.ask(*self.call)
        answer = self.again(told, *self.call)
        self.assertTrue(answer.ok, answer.text)
        texts = self.texts()
        self.assertEqual(len(texts), 1)
        self.assertIn("+32470123456", texts[0])
        self.assertIn("Hello", texts[0])
        self.assertIn("already used", self.again(told, *self.call).text)
        self.assertFalse(self.texts())

    def test_other_words(self):
        told = self.ask(*self.call)
        write = self.rpc(
            "agent", "sms.composer/write", self.composer, vals={"body": "Other"}
        )
        self.assertTrue(write.ok, write.text)
        self.assertDiffers(self.again(told, *self.call), "the text differs")
        self.assertFalse(self.texts())

    def test_another_number(self):
        told = self.ask(*self.call)
        number = {"recipient_single_number_itf": "+32470999999"}
        write = self.rpc("agent", "sms.composer/write", self.composer, vals=number)
        self.assertTrue(write.ok, write.text)
        self.assertDiffers(self.again(told, *self.call), "+32470999999")
        self.assertFalse(self.texts())
