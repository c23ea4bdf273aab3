# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.exceptions import ValidationError

from .agent_confirmation import AUDIT_DAYS, MAX_DAYS


class IrConfigParameter(models.Model):
    _inherit = "ir.config_parameter"

    @api.constrains("key", "value")
    def _check_agent_guard_days(self):
        for parameter in self.filtered(lambda parameter: parameter.key == AUDIT_DAYS):
            value = (parameter.value or "").strip()
            if not value.isdecimal() or not 0 < int(value) <= MAX_DAYS:
                raise ValidationError(
                    self.env._(
                        "%(key)s is a number of days from 1 to %(most)s, not "
                        "“%(value)s”: approvals and the log are deleted after it.",
                        key=AUDIT_DAYS,
                        most=MAX_DAYS,
                        value=value,
                    )
                )
