# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Names and defaults of the guard's parameters, and how a value is read.

A value that cannot be read counts as the default: a slip must neither open the guard
nor delete what is kept.
"""

from odoo import api, models

PREFIX = "strictbase_agent_guard"
APPROVAL_HOURS = f"{PREFIX}.approval_hours"
MAX_PENDING = f"{PREFIX}.max_pending"
ODOO_ONLY = f"{PREFIX}.approve_in_odoo_only"
REQUEST_DAYS = f"{PREFIX}.request_days"
UNBOUND = f"{PREFIX}.unbound_tokens"

#: default, least and most
NUMBERS = {
    APPROVAL_HOURS: (24, 1, 168),
    MAX_PENDING: (50, 1, 1000),
    REQUEST_DAYS: (3, 1, 30),
}
YES = {"1", "true", "yes"}


class StrictbaseAgentConfirmation(models.Model):
    # a concern of its own
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "strictbase.agent.confirmation"

    @api.model
    def _agent_guard_number(self, key):
        default, least, most = NUMBERS[key]
        value = self.env["ir.config_parameter"].sudo().get_param(key)
        try:
            number = int(str(value).strip())
        except ValueError:
            return default
        return number if least <= number <= most else default

    @api.model
    def _agent_guard_flag(self, key):
        value = self.env["ir.config_parameter"].sudo().get_param(key)
        return str(value or "").strip().lower() in YES
