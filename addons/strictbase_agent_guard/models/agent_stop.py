# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The kill switch: one button that stops all sending by agents, and who pressed it."""

from odoo import api, fields, models
from odoo.exceptions import AccessError

from .agent_guard import SHUT
from .parameters import PREFIX

SHUT_BY = f"{PREFIX}.shut_by"
SHUT_AT = f"{PREFIX}.shut_at"


class StrictbaseAgentGuard(models.AbstractModel):
    # a concern of its own
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "strictbase.agent.guard"

    @api.model
    def _is_stopped(self):
        return self.env["ir.config_parameter"].sudo().get_param(SHUT) in ("1", "True")

    @api.model
    def _stopped_by(self):
        """Who has stopped all agents, and when, as far as that is known."""
        parameters = self.env["ir.config_parameter"].sudo()
        who = parameters.get_param(SHUT_BY) or "an administrator"
        when = parameters.get_param(SHUT_AT)
        since = f" on {when} UTC" if when else ""
        return f"{who} has stopped all sending by agents{since}"

    @api.model
    def _check_may_stop(self):
        roles = self._forbidden_roles(self.env.user)
        if not self.env.su and not {"approver", "system"} & set(roles):
            raise AccessError(
                self.env._("Only approvers and administrators stop the agents.")
            )
        if self._actor() in self.env["res.users"]._agent_guard_uids():
            raise AccessError(self.env._("An agent may not do this."))

    @api.model
    def _stop(self, stopped):
        self._check_may_stop()
        parameters = self.env["ir.config_parameter"].sudo()
        now = fields.Datetime.to_string(fields.Datetime.now())
        parameters.set_param(SHUT, "1" if stopped else False)
        parameters.set_param(SHUT_BY, self.env.user.name if stopped else False)
        parameters.set_param(SHUT_AT, now[:16] if stopped else False)
