# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from odoo.addons.strictbase_agent_guard.tools.rules import Rule

RATES_BY = frozenset(
    {
        "project_ids",
        "rating_active",
        "rating_request_deadline",
        "rating_status",
        "rating_status_period",
    }
)


class ProjectTaskType(models.Model):
    _inherit = "project.task.type"

    def _agent_guard_rules(self):
        return [
            *super()._agent_guard_rules(),
            Rule("rating request", RATES_BY, lambda r: r.rating_active, created=True),
        ]
