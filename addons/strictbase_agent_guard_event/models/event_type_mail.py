# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from odoo.addons.strictbase_agent_guard.tools.rules import Rule

SCHEDULE = frozenset(
    {
        "event_type_id",
        "interval_nbr",
        "interval_type",
        "interval_unit",
        "notification_type",
        "template_ref",
    }
)


class EventTypeMail(models.Model):
    _inherit = "event.type.mail"

    def _agent_guard_rules(self):
        return [
            *super()._agent_guard_rules(),
            Rule("event mail", SCHEDULE, created=True),
        ]
