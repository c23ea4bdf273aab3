# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from odoo.addons.strictbase_agent_guard.tools.rules import Rule

PENDING = frozenset({"pending_email_template_id"})


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _agent_guard_rules(self):
        return [
            *super()._agent_guard_rules(),
            Rule("order e-mail", PENDING, lambda r: r.pending_email_template_id, True),
        ]
