# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class ProjectProject(models.Model):
    _inherit = "project.project"

    def _agent_guard_portal_partners(self, customers):
        """A project's page is open to those invited, not to its customer as such."""
        return customers.browse()
