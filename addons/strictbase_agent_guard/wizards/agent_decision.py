# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.parameters import APPROVAL_HOURS


class StrictbaseAgentDecision(models.TransientModel):
    """Several requests of one agent, each shown, decided together."""

    _name = "strictbase.agent.decision"
    _description = "Decision on Requests of an Agent"

    request_ids = fields.Many2many(
        "strictbase.agent.confirmation", required=True, readonly=True
    )
    agent_user_id = fields.Many2one("res.users", "Agent", compute="_compute_shown")
    count = fields.Integer(compute="_compute_shown")
    preview = fields.Html(compute="_compute_shown", sanitize=False)
    reason = fields.Char("Why not", help="The agent is told this.")

    @api.depends("request_ids")
    @api.depends_context("uid")
    def _compute_shown(self):
        for decision in self:
            rows = decision.request_ids
            decision.agent_user_id = rows.agent_user_id[:1]
            decision.count = len(rows)
            decision.preview = rows._previews()

    @api.constrains("request_ids")
    def _check_requests(self):
        for decision in self:
            rows = decision.request_ids
            if len(rows.agent_user_id) > 1:
                raise UserError(self.env._("Requests of one agent at a time, please."))
            if any(row._state_now() != "pending" for row in rows):
                raise UserError(
                    self.env._("Only requests that wait can be decided together.")
                )

    def action_approve(self):
        self.request_ids._check_interactive()
        hours = self.request_ids._agent_guard_number(APPROVAL_HOURS)
        changed = self.request_ids._approve(hours * 3600)
        return self.request_ids._tell_changed(changed) or {
            "type": "ir.actions.act_window_close"
        }

    def action_reject(self):
        self.request_ids._check_interactive()
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say why not: the agent is told."))
        self.request_ids._reject(self.reason)
        return {"type": "ir.actions.act_window_close"}
