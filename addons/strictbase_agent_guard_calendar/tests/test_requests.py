# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What was approved of an invitation is what people are invited to."""

from odoo import Command
from odoo.tests import tagged

from odoo.addons.strictbase_agent_guard.tests.common_approval import CLIENT
from odoo.addons.strictbase_agent_guard.tests.common_requests import RequestCase

CREATE = "calendar.event/create"


@tagged("post_install", "-at_install")
class TestRequests(RequestCase):
    records_of = ("calendar.event",)

    def meeting(self, **values):
        return {
            "vals_list": [
                {
                    "name": "About the offer",
                    "start": self.at["start"],
                    "stop": self.at["stop"],
                    "partner_ids": [[6, 0, [self.client.id]]],
                    **values,
                }
            ]
        }

    def test_what_the_approver_sees(self):
        items = self.items(self.ask("agent", CREATE, **self.meeting()))
        item = next(item for item in items if item["channel"] == "e-mail")
        self.assertEqual(item["recipients"][0]["address"], CLIENT)
        self.assertIn("About the offer", item["subject"] + item["body_text"])
        self.assertTrue(item["attachments"])

    def test_invited_as_approved(self):
        told = self.ask("agent", CREATE, **self.meeting())
        answer = self.again(told, "agent", CREATE, **self.meeting())
        self.assertTrue(answer.ok, answer.text)
        self.assertEqual(set(self.recipients()), {CLIENT})

    def test_another_meeting(self):
        told = self.ask("agent", CREATE, **self.meeting())
        for change in (
            {"name": "About something else"},
            {"start": self.at["start_later"], "stop": self.at["stop_later"]},
            {"location": "Elsewhere"},
        ):
            with self.subTest(change):
                answer = self.again(told, "agent", CREATE, **self.meeting(**change))
                self.assertDiffers(answer)
        both = [self.client.id, self.second.id]
        answer = self.again(
            told, "agent", CREATE, **self.meeting(partner_ids=[[6, 0, both]])
        )
        self.assertDiffers(answer, "second@outside.example")
        answer = self.again(told, "agent", CREATE, **self.meeting())
        self.assertTrue(answer.ok, answer.text)

    def test_an_invitation_to_what_is_there(self):
        event = self.env["calendar.event"].browse(self.at["event_internal"])
        call = ("agent", "calendar.event/write", event.id)
        invite = {"vals": {"partner_ids": [[4, self.client.id]]}}
        told = self.ask(*call, **invite)
        event.with_context(dont_notify=True).write(
            {"partner_ids": [Command.link(self.second.id)], "location": "Elsewhere"}
        )
        self.env.flush_all()
        self.assertDiffers(self.again(told, *call, **invite))
