# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from odoo.addons.strictbase_agent_guard.tools.rules import Rule


class MailingMailing(models.Model):
    _inherit = "mailing.mailing"

    _agent_guard_drafts = True

    agent_guard_looked_at = fields.Datetime("Looked at", readonly=True, copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        if self.env["strictbase.agent.guard"]._person():
            for vals in vals_list:
                vals["agent_guard_looked_at"] = self.env.cr.now()
        return super().create(vals_list)

    def write(self, vals):
        # a job writes on it, too, before it is sent
        if self.env["strictbase.agent.guard"]._person():
            vals = {**vals, "agent_guard_looked_at": self.env.cr.now()}
        return super().write(vals)

    def _agent_guard_rules(self):
        return [
            *super()._agent_guard_rules(),
            Rule("mailing", None, lambda r: r._agent_guard_waits(), created=True),
        ]

    def _agent_guard_waits(self):
        """Whether a job sends it; a finished one under test may go to the rest."""
        return self.state in ("in_queue", "sending") or (
            self.state == "done" and self.ab_testing_enabled
        )
