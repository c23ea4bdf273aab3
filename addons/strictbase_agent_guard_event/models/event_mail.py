# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from odoo.addons.strictbase_agent_guard.tools.rules import Rule

SCHEDULE = frozenset(
    {
        "event_id",
        "interval_nbr",
        "interval_type",
        "interval_unit",
        "notification_type",
        "scheduled_date",
        "template_ref",
    }
)


class EventMail(models.Model):
    _inherit = "event.mail"

    def _agent_guard_rules(self):
        return [
            *super()._agent_guard_rules(),
            Rule("event mail", SCHEDULE, created=True),
        ]
