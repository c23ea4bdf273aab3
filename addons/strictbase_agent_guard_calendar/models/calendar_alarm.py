# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from odoo.addons.strictbase_agent_guard.tools.rules import Rule


class CalendarAlarm(models.Model):
    _inherit = "calendar.alarm"

    def _agent_guard_rules(self):
        return [*super()._agent_guard_rules(), Rule(items="_agent_guard_told")]

    def _agent_guard_told(self):
        """A reminder is shared: changing it changes the meetings that use it."""
        events = self.env["calendar.event"]
        return events.search([("alarm_ids", "in", self.ids)])._agent_guard_told()
