# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models

RATED_BY = {"parent_id", "partner_id", "project_id", "stage_id"}


class ProjectTask(models.Model):
    _inherit = "project.task"

    @api.model_create_multi
    def create(self, vals_list):
        tasks = super().create(vals_list)
        tasks._agent_guard_check_rated()
        return tasks

    def write(self, vals):
        res = super().write(vals)
        if not RATED_BY.isdisjoint(vals):
            self._agent_guard_check_rated()
        return res

    def _agent_guard_check_rated(self):
        """In some stages a job regularly asks the customer for a rating."""
        guard = self.env["strictbase.agent.guard"]
        if guard._actor() is None:
            return
        items = []
        tasks = self.sudo()
        # a customer is also taken from the task above
        for task in tasks | tasks._get_all_subtasks():
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
        guard._egress(items)

    def _agent_guard_is_rated(self):
        """Whether the job asks, for each task of a project with a stage that is due."""
        stage = self.stage_id
        return _is_periodic(stage) or (
            bool(stage.rating_template_id)
            and any(_is_periodic(other) for other in self.project_id.type_ids)
        )

    def _agent_guard_portal_partners(self, customers):
        """A task's page is open to those who follow it, not to its customer as such."""
        return customers.browse()


def _is_periodic(stage):
    return stage.rating_active and stage.rating_status == "periodic"
