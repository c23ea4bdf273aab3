# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from ..models.agent_guard import AgentEntry


class MailComposeMessage(models.TransientModel):
    _inherit = "mail.compose.message"

    def action_send_mail(self):
        with AgentEntry(self, "action_send_mail") as entry:
            return super(MailComposeMessage, entry.clean()).action_send_mail()
