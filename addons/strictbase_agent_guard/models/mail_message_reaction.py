# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from ..tools.rules import NEVER, Rule


class MailMessageReaction(models.Model):
    _inherit = "mail.message.reaction"

    def _agent_guard_rules(self):
        return [
            *super()._agent_guard_rules(),
            Rule(fields=NEVER, created=True, items="_agent_guard_shown"),
        ]

    def _agent_guard_shown(self):
        """A reaction is shown where its message is."""
        return self.message_id._agent_guard_published()
