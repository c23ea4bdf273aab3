# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.exceptions import ValidationError

from .agent_guard import ROLES
from .res_users import AGENT

MEMBERSHIP = {"user_ids", "all_user_ids", "implied_ids", "implied_by_ids"}


class ResGroups(models.Model):
    _inherit = "res.groups"

    @api.model_create_multi
    def create(self, vals_list):
        groups = super().create(vals_list)
        if any(MEMBERSHIP & set(vals) for vals in vals_list):
            self.env["res.users"]._agent_guard_refresh()
        return groups

    def write(self, vals):
        res = super().write(vals)
        if MEMBERSHIP & set(vals):
            self.env["res.users"]._agent_guard_refresh()
        return res

    @api.constrains("user_ids", "implied_ids", "implied_by_ids")
    def _check_agent_guard_roles(self):
        """An agent is neither approver nor administrator, also not by implication."""
        users = self.env["res.users"].sudo()
        agents = users._agent_guard_query()
        if not agents or not self.env.ref(AGENT, raise_if_not_found=False):
            return
        self.env.registry.clear_cache("groups")
        self.env.invalidate_all()
        roles = self.browse(self.env["strictbase.agent.guard"]._code_group_ids())
        for xmlid in ROLES.values():
            roles |= self.env.ref(xmlid, raise_if_not_found=False) or self.browse()
        for role in roles:
            members = users.with_context(active_test=False).search(
                [("id", "in", list(agents)), ("all_group_ids", "in", role.ids)]
            )
            if members:
                raise ValidationError(
                    self.env._(
                        "%(names)s: an agent can be neither approver nor "
                        "administrator, nor in a group that is trusted with code: "
                        "%(group)s.",
                        names=", ".join(members.mapped("name")),
                        group=role.sudo().full_name,
                    )
                )
