# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class ProjectTask(models.Model):
    _inherit = "project.task"

    def _agent_guard_portal_partners(self, customers):
        """A task's page is open to those who follow it, not to its customer as such."""
        return customers.browse()
