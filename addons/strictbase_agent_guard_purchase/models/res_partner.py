# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from odoo.addons.strictbase_agent_guard.tools.rules import Rule

REMINDED_BY = frozenset({"receipt_reminder_email"})


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _agent_guard_rules(self):
        return [
            *super()._agent_guard_rules(),
            Rule("order reminder", REMINDED_BY, lambda r: r.receipt_reminder_email),
        ]
