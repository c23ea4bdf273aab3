# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from odoo.addons.strictbase_agent_guard.tools.rules import Rule

REMINDED_BY = frozenset(
    {
        "date_planned",
        "partner_id",
        "receipt_reminder_email",
        "reminder_date_before_receipt",
        "state",
    }
)


class PurchaseOrder(models.Model):
    _inherit = "purchase.order"

    def _agent_guard_rules(self):
        return [
            *super()._agent_guard_rules(),
            Rule(
                "order reminder",
                REMINDED_BY,
                lambda r: r.state == "purchase" and r.receipt_reminder_email,
                created=True,
                instead="the order without the reminder: write "
                "receipt_reminder_email false first, or with it",
            ),
        ]
