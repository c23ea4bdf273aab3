# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from odoo.addons.strictbase_agent_guard.tools.rules import Rule

RATED_BY = frozenset({"partner_id", "type_ids"})


class ProjectProject(models.Model):
    _inherit = "project.project"

    def _agent_guard_rules(self):
        return [
            *super()._agent_guard_rules(),
            Rule(fields=RATED_BY, items="_agent_guard_rated"),
        ]

    def _agent_guard_rated(self):
        """Its tasks take their customer from it, and a stage that is due asks all."""
        return self._agent_guard_tasks()._agent_guard_rated()

    def _agent_guard_tasks(self):
        tasks = self.env["project.task"].sudo().with_context(active_test=False)
        return tasks.search([("project_id", "in", self.ids)])
