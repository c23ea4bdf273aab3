# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    def _agent_guard_put_back(self, payload):
        res = super()._agent_guard_put_back(payload)
        self.need_sync = True
        return res
