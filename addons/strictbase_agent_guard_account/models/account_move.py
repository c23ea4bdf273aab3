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

    def _agent_guard_take_out(self, touches):
        """Out of the queue for sending, until an approver puts it back."""
        self.ensure_one()
        guard = self.env["strictbase.agent.guard"]
        data = self.sending_data or {}
        owner = self.env["res.users"].browse(data.get("author_user_id")).exists()
        item = guard._new_egress(
            "invoice",
            guard._as_recipients(self.partner_id),
            self,
            subject=self.display_name or "",
            target=(self._name, self.id),
        )
        self.env["strictbase.agent.held"]._hold(
            item, touches, owner=owner or self.invoice_user_id, payload=data
        )
        self.sending_data = False

    def _agent_guard_put_back(self, payload):
        res = super()._agent_guard_put_back(payload)
        if payload:
            self.sending_data = payload
        return res
