# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from .snailmail_letter import PENDING


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def _agent_guard_carried(self):
        letters = self.env["snailmail.letter"]
        letters = letters.search([("attachment_id", "in", self.ids)])
        return super()._agent_guard_carried() + letters._agent_guard_armed(PENDING)
