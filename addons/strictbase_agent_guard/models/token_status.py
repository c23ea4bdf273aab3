# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""That an approval is seen to end."""

from odoo import api, fields, models


class StrictbaseAgentConfirmation(models.Model):
    # a part of it by its concern
    _inherit = "strictbase.agent.confirmation"  # pylint: disable=consider-merging-classes-inherited

    status = fields.Selection(
        selection="_selection_status",
        compute="_compute_status",
        search="_search_status",
        help="The state, and whether the time has run out",
    )

    @api.model
    def _selection_status(self):
        states = self._fields["state"]._description_selection(self.env)
        return [*states, ("expired", self.env._("Expired"))]

    @api.depends("state", "expires_at")
    def _compute_status(self):
        now = fields.Datetime.now()
        for confirmation in self:
            ended = confirmation.expires_at and confirmation.expires_at <= now
            waiting = confirmation.state in ("approved", "pending")
            confirmation.status = "expired" if ended and waiting else confirmation.state

    def _search_status(self, operator, value):
        if operator != "in":
            return NotImplemented
        waiting = [("state", "in", ["approved", "pending"])]
        ended = [*waiting, ("expires_at", "<=", fields.Datetime.now())]
        found = fields.Domain.FALSE
        for state in value:
            if state == "expired":
                found |= fields.Domain(ended)
            elif state:
                found |= fields.Domain("state", "=", state) & ~fields.Domain(ended)
        return found
