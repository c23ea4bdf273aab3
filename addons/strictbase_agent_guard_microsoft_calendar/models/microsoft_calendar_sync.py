# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class MicrosoftCalendarSync(models.AbstractModel):
    _inherit = "microsoft.calendar.sync"

    def _sync_odoo2microsoft(self):
        """What an agent has put into a colleague's calendar is not told unseen."""
        told = self.filtered(lambda record: not record._agent_guard_untold())
        return super(MicrosoftCalendarSync, told)._sync_odoo2microsoft()

    def _agent_guard_untold(self):
        event = self
        if self._name == "calendar.recurrence":
            event = self.base_event_id or self.calendar_event_ids[:1]
        return bool(event) and event._agent_guard_hold_push("Microsoft calendar")
