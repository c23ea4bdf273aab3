# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from odoo.addons.strictbase_agent_guard.models.agent_touch import address_key


class PhoneBlacklist(models.Model):
    _inherit = "phone.blacklist"

    def _agent_guard_wholes(self):
        """Who is not on this list any more can be sent a text message."""
        return [
            *super()._agent_guard_wholes(),
            (*address_key(self.number), self._name),
        ]
