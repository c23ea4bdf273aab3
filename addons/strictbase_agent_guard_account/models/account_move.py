# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from odoo.addons.strictbase_agent_guard.tools.rules import Rule

QUEUED = frozenset({"sending_data"})


class AccountMove(models.Model):
    _inherit = "account.move"

    def _agent_guard_rules(self):
        return [
            *super()._agent_guard_rules(),
            Rule("invoice", QUEUED, lambda r: r.sending_data, created=True),
        ]
