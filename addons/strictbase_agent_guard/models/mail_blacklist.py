# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from .agent_touch import address_key


class MailBlacklist(models.Model):
    _inherit = "mail.blacklist"

    def _agent_guard_wholes(self):
        """Who is not on this list any more can be mailed."""
        return [
            *super()._agent_guard_wholes(),
            (*address_key(self.email), self._name),
        ]
