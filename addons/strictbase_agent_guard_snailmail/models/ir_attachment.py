# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def _agent_guard_carried(self):
        """A letter that waits carries its document as it is now."""
        letters = self.env["snailmail.letter"]
        letters = letters.search([("attachment_id", "in", self.ids)])
        letters._agent_guard_check_stored()
        return super()._agent_guard_carried()
