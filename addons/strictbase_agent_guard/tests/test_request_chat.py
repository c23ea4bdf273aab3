# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What was approved of a conversation is what the people in it read."""

from odoo.tests import tagged

from .common_requests import RequestCase

POST = "discuss.channel/message_post"


@tagged("post_install", "-at_install")
class TestRequestChat(RequestCase):
    records_of = ("im_livechat.channel",)

    def said(self, body="Good day", **kwargs):
        return {
            "body": body,
            "message_type": "comment",
            "subtype_xmlid": "mail.mt_comment",
            **kwargs,
        }

    def messages(self, channel):
        self.env.invalidate_all()
        return self.env["mail.message"].search(
            [("model", "=", "discuss.channel"), ("res_id", "=", channel)]
        )

    def test_with_a_client(self):
        call = ("agent", POST, self.at["channel_client"])
        told = self.ask(*call, **self.said())
        item = self.items(told)[0]
        self.assertEqual(item["channel"], "chat")
        self.assertEqual(item["recipients"][0]["name"], self.portal.name)
        self.assertEqual(item["body_text"], "Good day")
        self.assertTrue(item["sender"])
        self.assertDiffers(
            self.again(told, *call, **self.said("Bad day")), "the text differs"
        )
        self.assertFalse(self.messages(call[2]).filtered("body"))
        answer = self.again(told, *call, **self.said())
        self.assertTrue(answer.ok, answer.text)
        message = self.messages(call[2]).filtered(lambda m: "Good day" in m.body)
        self.assertEqual(len(message), 1)
        self.assertFalse(message.agent_unapproved)

    def test_somebody_has_come_in(self):
        call = ("agent", POST, self.at["channel_client"])
        told = self.ask(*call, **self.said())
        channel = self.env["discuss.channel"].browse(call[2])
        channel._add_members(partners=self.second)
        self.env.flush_all()
        self.assertDiffers(
            self.again(told, *call, **self.said()), "second@outside.example"
        )

    def test_a_file(self):
        file = self.rpc(
            "agent",
            "ir.attachment/create",
            vals_list=[
                {"name": "a.txt", "raw": "b25l", "res_model": "mail.compose.message"}
            ],
        ).body
        call = ("agent", POST, self.at["channel_guest"])
        told = self.ask(*call, **self.said(attachment_ids=file))
        self.assertEqual(self.items(told)[0]["attachments"][0]["name"], "a.txt")
        self.assertDiffers(
            self.again(told, *call, **self.said()), "attachment missing: a.txt"
        )
        answer = self.again(told, *call, **self.said(attachment_ids=file))
        self.assertTrue(answer.ok, answer.text)

    def test_with_a_visitor_of_the_website(self):
        if "livechat" not in self.at:
            self.skipTest("im_livechat not installed")
        self.let_approver("im_livechat.im_livechat_group_manager")
        call = ("agent_wide", POST, self.at["livechat"])
        told = self.ask(*call, **self.said())
        self.assertEqual(self.items(told)[0]["body_text"], "Good day")
        self.assertDiffers(self.again(told, *call, **self.said("Bad day")))
        answer = self.again(told, *call, **self.said())
        self.assertTrue(answer.ok, answer.text)

    def test_among_colleagues_nobody_is_asked(self):
        answer = self.rpc("agent", POST, self.at["channel"], **self.said())
        self.assertTrue(answer.ok, answer.text)
