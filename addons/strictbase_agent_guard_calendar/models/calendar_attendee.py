# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from odoo.addons.strictbase_agent_guard.tools.rules import Rule

INVITED = frozenset({"email", "event_id", "partner_id"})


class CalendarAttendee(models.Model):
    _inherit = "calendar.attendee"

    def _agent_guard_rules(self):
        return [
            *super()._agent_guard_rules(),
            Rule(fields=INVITED, created=True, items="_agent_guard_told"),
        ]

    def _agent_guard_told(self):
        return self.event_id._agent_guard_told()
