# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class CalendarAlarm(models.Model):
    _inherit = "calendar.alarm"

    def write(self, vals):
        res = super().write(vals)
        self._agent_guard_check_told()
        return res

    def _agent_guard_check_told(self):
        """A reminder is shared: changing it changes the meetings that use it."""
        if self.env["strictbase.agent.guard"]._actor() is None:
            return
        events = self.env["calendar.event"].sudo()
        events.search([("alarm_ids", "in", self.ids)])._agent_guard_check_told()
