# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What an agent saves in the user interface is for itself.

A shared default filter sets the context of everybody who opens that list, and with it
what their calls say about themselves or which defaults their records take.
"""

from odoo import api, models
from odoo.exceptions import AccessError


class AgentOwnRecord(models.AbstractModel):
    """Records that an agent may keep only if they are for nobody but itself."""

    _name = "strictbase.agent.own.record"
    _description = "Record that an agent keeps for itself only"

    # The field that holds whom a record is for; empty means everybody.
    _agent_guard_owner_field = None

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._agent_guard_check_own()
        return records

    def write(self, vals):
        # Before: it was the agent's; after: it still is.
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
            if record[self._agent_guard_owner_field] != user or "agent_mode" in (
                record.context or ""
            ):
                raise AccessError(
                    self.env._("Agents can have filters and actions of their own only.")
                )


class IrFilters(models.Model):
    _name = "ir.filters"
    _inherit = ("strictbase.agent.own.record", "ir.filters")

    _agent_guard_owner_field = "user_ids"


class IrEmbeddedActions(models.Model):
    _name = "ir.embedded.actions"
    _inherit = ("strictbase.agent.own.record", "ir.embedded.actions")

    _agent_guard_owner_field = "user_id"
