# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class MailMessageReaction(models.Model):
    _inherit = "mail.message.reaction"

    @api.model_create_multi
    def create(self, vals_list):
        reactions = super().create(vals_list)
        # a reaction is shown where its message is
        reactions.message_id._agent_guard_check_published()
        return reactions
