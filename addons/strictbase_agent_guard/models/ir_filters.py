# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What an agent saves in the user interface is for itself.

A shared default filter sets the context of everybody who opens that list, and with it
what their calls say about themselves or which defaults their records take.
"""

from odoo import api, models
from odoo.exceptions import AccessError


class IrFilters(models.Model):
    _inherit = "ir.filters"

    @api.model_create_multi
    def create(self, vals_list):
        filters = super().create(vals_list)
        filters._agent_guard_check_own()
        return filters

    def write(self, vals):
        self._agent_guard_check_own()
        res = super().write(vals)
        self._agent_guard_check_own()
        return res

    @api.ondelete(at_uninstall=False)
    def _agent_guard_unlink_own(self):
        self._agent_guard_check_own()

    def _agent_guard_check_own(self):
        user = self.env["strictbase.agent.guard"]._acting_agent()
        for record in self.sudo() if user else ():
            if record.user_ids != user or "agent_mode" in (record.context or ""):
                raise AccessError(
                    self.env._("Agents can have filters for themselves only.")
                )


class IrEmbeddedActions(models.Model):
    _inherit = "ir.embedded.actions"

    @api.model_create_multi
    def create(self, vals_list):
        actions = super().create(vals_list)
        actions._agent_guard_check_own()
        return actions

    def write(self, vals):
        self._agent_guard_check_own()
        res = super().write(vals)
        self._agent_guard_check_own()
        return res

    @api.ondelete(at_uninstall=False)
    def _agent_guard_unlink_own(self):
        self._agent_guard_check_own()

    def _agent_guard_check_own(self):
        user = self.env["strictbase.agent.guard"]._acting_agent()
        for record in self.sudo() if user else ():
            if record.user_id != user or "agent_mode" in (record.context or ""):
                raise AccessError(
                    self.env._("Agents can have embedded actions of their own only.")
                )
