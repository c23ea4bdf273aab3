# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import UserError

from ..tools.acts import uninstalling

MODULE = "strictbase_agent_guard"


class IrModuleModule(models.Model):
    _inherit = "ir.module.module"

    def button_uninstall(self):
        """Not by the way: agents are employees without it."""
        names = (self + self.downstream_dependencies()).mapped("name")
        agents = self.env["res.users"]._agent_guard_uids()
        if MODULE in names and agents and not uninstalling.get():
            context = self.env.context
            if context.get("agent_guard_uninstall") is not True:
                raise UserError(
                    self.env._(
                        "Without the Agent Guard nothing that its %(count)s agents "
                        "send waits for a person any more. Their API keys end with "
                        "it, and the log is kept as files of this module. Confirm in "
                        "the dialog of Apps, or with agent_guard_uninstall: true in "
                        "the context.",
                        count=len(agents),
                    )
                )
        return super().button_uninstall()
