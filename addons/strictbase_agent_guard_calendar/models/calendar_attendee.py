# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class CalendarAttendee(models.Model):
    _inherit = "calendar.attendee"

    @api.model_create_multi
    def create(self, vals_list):
        attendees = super().create(vals_list)
        attendees.event_id._agent_guard_check_told()
        return attendees

    def write(self, vals):
        res = super().write(vals)
        if not {"email", "event_id", "partner_id"}.isdisjoint(vals):
            self.event_id._agent_guard_check_told()
        return res
