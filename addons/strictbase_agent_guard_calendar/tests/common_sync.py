# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a colleague's calendar tells another provider of an agent's work: the tests that
each provider's module runs as its own.
"""

from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import Command

from odoo.addons.strictbase_agent_guard.tests.common import ConfirmationCase


class SyncCase(ConfirmationCase):
    #: The method by which the provider is told of a new event.
    inserting = ""

    def push(self, event):
        """Let the calendar of whoever is at work tell the provider."""
        raise NotImplementedError()

    def setUp(self):
        super().setUp()
        self.told = []
        model = type(self.env["calendar.event"])
        self.enterContext(
            patch.object(
                model,
                self.inserting,
                lambda event, *args, **kwargs: self.told.append(event.id),
            )
        )
        self.quiet = self.env["calendar.event"].with_context(
            dont_notify=True, no_mail_to_attendees=True
        )

    def event(self, user, *partners):
        start = datetime.now().replace(microsecond=0) + timedelta(days=2)
        event = self.quiet.with_user(user).create(
            {
                "name": "Meeting",
                "start": start,
                "stop": start + timedelta(hours=1),
                "user_id": user.id,
                "partner_ids": [
                    Command.set([user.partner_id.id, *(p.id for p in partners)])
                ],
            }
        )
        self.env.flush_all()
        self.told.clear()
        return event

    def sync(self, event):
        self.told.clear()
        self.push(event.with_user(self.colleague))
        return event.id in self.told

    def looked(self, event):
        """A person saves it, a while after all that was touched so far."""
        self.env["strictbase.agent.touch"].sudo()._write_down()
        self.env.cr.execute(
            "UPDATE strictbase_agent_touch SET touched_at = touched_at "
            "- interval '1 minute'"
        )
        event.with_user(self.colleague).with_context(dont_notify=True).write(
            {"privacy": "private"}
        )
        self.env.flush_all()


class SyncTests:
    """For a SyncCase."""

    def test_a_colleagues_own_event(self):
        self.assertTrue(self.sync(self.event(self.colleague, self.client)))

    def test_an_agents_event_given_to_a_colleague(self):
        event = self.event(self.agent)
        event.with_user(self.agent).write({"user_id": self.colleague.id})
        event.sudo().with_context(dont_notify=True).write(
            {"partner_ids": [Command.link(self.client.id)]}
        )
        self.assertFalse(self.sync(event))
        held = self.env["strictbase.agent.held"].search([])
        self.assertEqual(held.target_id, event.id)
        held.with_user(self.approver).action_release()
        self.assertTrue(self.sync(event))

    def test_what_an_agent_changes_in_a_colleagues_event(self):
        event = self.event(self.colleague, self.client)
        event.with_user(self.agent).with_context(dont_notify=True).write(
            {"description": "<p>Hello</p>"}
        )
        self.assertFalse(self.sync(event))
        self.looked(event)
        self.assertTrue(self.sync(event))

    def test_among_colleagues(self):
        event = self.event(self.agent, self.colleague.partner_id)
        event.with_user(self.agent).write({"user_id": self.colleague.id})
        self.assertTrue(self.sync(event))
        self.assertFalse(self.env["strictbase.agent.held"].search_count([]))
