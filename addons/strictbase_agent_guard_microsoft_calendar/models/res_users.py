# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from odoo.addons.strictbase_agent_guard.tools.acts import job


class ResUsers(models.Model):
    _inherit = "res.users"

    def _sync_microsoft_calendar(self):
        """Whoever opens the calendar: what it brings and takes was not looked at."""
        with job():
            return super()._sync_microsoft_calendar()
