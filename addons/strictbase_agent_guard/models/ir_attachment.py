# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

CONTENT = {"datas", "db_datas", "raw", "store_fname", "url"}


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def write(self, vals):
        res = super().write(vals)
        if not CONTENT.isdisjoint(vals):
            self._agent_guard_check_shown()
        return res

    def _agent_guard_check_shown(self):
        """Changing a file changes the messages that show it or will carry it."""
        if self.env["strictbase.agent.guard"]._actor() is None:
            return
        shown = [("attachment_ids", "in", self.ids)]
        messages = self.env["mail.message"].sudo().search(shown)
        messages._agent_guard_check_published()
        messages._agent_guard_check_waiting()
        scheduled = self.env["mail.scheduled.message"].sudo().search(shown)
        scheduled._agent_guard_check_armed()
        if "snailmail.letter" in self.env:
            letters = self.env["snailmail.letter"].sudo()
            letters = letters.search([("attachment_id", "in", self.ids)])
            letters._agent_guard_check_armed_rows({"attachment_id": True})
