# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from odoo.addons.strictbase_agent_guard.tools.rules import Rule

RATED_BY = frozenset({"parent_id", "partner_id", "project_id", "stage_id"})


class ProjectTask(models.Model):
    _inherit = "project.task"

    def _agent_guard_rules(self):
        return [
            *super()._agent_guard_rules(),
            Rule(fields=RATED_BY, created=True, items="_agent_guard_rated"),
        ]

    def _agent_guard_rated(self):
        """In some stages a job regularly asks the customer for a rating."""
        guard = self.env["strictbase.agent.guard"]
        items = []
        # a customer is also taken from the task above
        for task in self | self._get_all_subtasks():
            if not task._agent_guard_is_rated():
                continue
            outside = guard._outside_partners(task.partner_id)
            if outside:
                items.append(
                    guard._new_egress(
                        "rating request",
                        guard._as_recipients(outside),
                        task,
                        subject=task.display_name or "",
                        target=(task._name, task.id),
                    )
                )
        return items

    def _agent_guard_is_rated(self):
        """Whether the job asks, for each task of a project with a stage that is due."""
        stage = self.stage_id
        return _is_periodic(stage) or (
            bool(stage.rating_template_id)
            and any(_is_periodic(other) for other in self.project_id.type_ids)
        )


def _is_periodic(stage):
    return stage.rating_active and stage.rating_status == "periodic"
