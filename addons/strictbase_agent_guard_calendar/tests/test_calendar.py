# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from odoo.addons.strictbase_agent_guard.tests.common import ConfirmationCase


@tagged("post_install", "-at_install")
class TestCalendar(ConfirmationCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reminder = cls.env["calendar.alarm"].create(
            {
                "name": "E-mail",
                "alarm_type": "email",
                "duration": 1,
                "interval": "hours",
            }
        )
        cls.popup = cls.reminder.copy({"alarm_type": "notification"})

    def meeting(self, partners, user=None, alarms=None, days=2, **values):
        start = fields.Datetime.now() + timedelta(days=days)
        events = self.env["calendar.event"].with_user(user or self.agent)
        return events.with_context(no_mail_to_attendees=True).create(
            {
                "name": "Meeting",
                "start": start,
                "stop": start + timedelta(hours=1),
                "partner_ids": [Command.set(partners.ids)],
                "alarm_ids": [Command.set((alarms or self.popup).ids)],
                **values,
            }
        )

    def test_invitation(self):
        start = fields.Datetime.now() + timedelta(days=2)
        events = self.env["calendar.event"].with_user(self.agent)
        self.assertHeld(
            events.create,
            {
                "name": "Meeting",
                "start": start,
                "stop": start + timedelta(hours=1),
                "partner_ids": [Command.set(self.client.ids)],
            },
        )

    def test_reminder_to_a_client(self):
        self.assertHeld(self.meeting, self.client, alarms=self.reminder)

    def test_among_colleagues(self):
        partners = (self.colleague | self.agent).partner_id
        event = self.meeting(partners, alarms=self.reminder)
        event.write({"name": "Another name", "start": event.start})

    def test_without_a_reminder(self):
        self.meeting(self.client)

    def test_in_the_past(self):
        self.meeting(self.client, alarms=self.reminder, days=-2)

    def test_reminder_added_to_a_colleagues_meeting(self):
        event = self.meeting(self.client, user=self.colleague)
        mine = event.with_user(self.agent).sudo()
        self.assertHeld(mine.write, {"alarm_ids": [Command.set(self.reminder.ids)]})
        self.assertHeld(
            self.popup.with_user(self.agent).sudo().write, {"alarm_type": "email"}
        )

    def test_client_added_to_a_colleagues_meeting(self):
        event = self.meeting(
            self.colleague.partner_id, user=self.colleague, alarms=self.reminder
        )
        self.assertHeld(
            self.env["calendar.attendee"].with_user(self.agent).sudo().create,
            {"event_id": event.id, "partner_id": self.client.id},
        )
