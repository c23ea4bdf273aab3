# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class StrictbaseAgentStop(models.TransientModel):
    """The kill switch as a person finds it."""

    _name = "strictbase.agent.stop"
    _description = "Stop All Agents"

    is_stopped = fields.Boolean(compute="_compute_state")
    words = fields.Char(compute="_compute_state")

    @api.depends_context("uid")
    def _compute_state(self):
        guard = self.env["strictbase.agent.guard"]
        for switch in self:
            switch.is_stopped = guard._is_stopped()
            switch.words = guard._stopped_by() if switch.is_stopped else False

    def action_stop(self):
        self.env["strictbase.agent.guard"]._stop(True)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_resume(self):
        self.env["strictbase.agent.guard"]._stop(False)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
