# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from odoo.addons.strictbase_agent_guard.tools.rules import Rule

PROCESSED_BY = frozenset({"is_post_processed", "last_state_change", "state"})
PROCESSED = {"pending", "authorized", "done"}


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _agent_guard_rules(self):
        return [
            *super()._agent_guard_rules(),
            Rule(
                "payment",
                PROCESSED_BY,
                lambda r: r.state in PROCESSED and not r.is_post_processed,
                created=True,
            ),
        ]
