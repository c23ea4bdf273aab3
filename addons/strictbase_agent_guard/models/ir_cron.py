# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from ..tools.acts import job


class IrCron(models.Model):
    _inherit = "ir.cron"

    def _callback(self, cron_name, server_action_id):
        """Also when somebody starts it by hand, it is no act of that person."""
        with job():
            return super()._callback(cron_name, server_action_id)
