# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class ProjectTask(models.Model):
    _inherit = "project.task"

    @api.model_create_multi
    def create(self, vals_list):
        tasks = super().create(vals_list)
        tasks._agent_guard_check_rated()
        return tasks

    def write(self, vals):
        res = super().write(vals)
        if not {"partner_id", "project_id", "stage_id"}.isdisjoint(vals):
            self._agent_guard_check_rated()
        return res

    def _agent_guard_check_rated(self):
        """In some stages a job regularly asks the customer for a rating."""
        guard = self.env["strictbase.agent.guard"]
        if guard._actor() is None:
            return
        items = []
        for task in self.sudo():
            stage = task.stage_id
            if not stage.rating_active or stage.rating_status != "periodic":
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

    def _agent_guard_portal_partners(self, customers):
        """A task's page is open to those who follow it, not to its customer as such."""
        return customers.browse()
