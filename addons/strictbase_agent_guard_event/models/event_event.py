# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from odoo.addons.strictbase_agent_guard.tools.rules import Rule

MOMENT = frozenset({"date_begin", "date_end", "date_tz"})


class EventEvent(models.Model):
    _inherit = "event.event"

    def _agent_guard_rules(self):
        return [
            *super()._agent_guard_rules(),
            Rule(
                "event mail",
                MOMENT,
                lambda event: event._agent_guard_writes() and event.registration_ids,
            ),
        ]

    def _agent_guard_writes(self):
        """Whether mails of this event are still to come."""
        return bool(self.event_mail_ids.filtered(lambda mail: not mail.mail_done))

    def _agent_guard_armed_recipients(self, actor):
        found = []
        for registration in self.registration_ids:
            found += registration._agent_guard_armed_recipients(actor)
        return [r for i, r in enumerate(found) if r not in found[:i]]
