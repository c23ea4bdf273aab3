# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

CONTENT = {"datas", "db_datas", "raw", "store_fname", "url"}


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def write(self, vals):
        res = super().write(vals)
        if not CONTENT.isdisjoint(vals):
            self._agent_guard_check_published()
        return res

    def _agent_guard_check_published(self):
        """Changing a file changes the messages that show it."""
        if self.env["strictbase.agent.guard"]._actor() is None:
            return
        messages = (
            self.env["mail.message"].sudo().search([("attachment_ids", "in", self.ids)])
        )
        messages._agent_guard_check_published()
