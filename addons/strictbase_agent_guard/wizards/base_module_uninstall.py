# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from ..models.ir_module_module import MODULE
from ..tools.acts import confirmed_uninstall


class BaseModuleUninstall(models.TransientModel):
    _inherit = "base.module.uninstall"

    agent_guard_agents = fields.Char(compute="_compute_agent_guard_agents")

    @api.depends("module_ids")
    def _compute_agent_guard_agents(self):
        users = self.env["res.users"].sudo()
        agents = users.browse(users._agent_guard_uids()).mapped("name")
        for wizard in self:
            guarded = MODULE in wizard._get_modules().mapped("name")
            wizard.agent_guard_agents = ", ".join(agents) if guarded else False

    def action_uninstall(self):
        """Who is here has read what it means."""
        with confirmed_uninstall():
            return super().action_uninstall()
