# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from odoo.addons.strictbase_agent_guard.tools.rules import Rule

TOLD = ("interval_nbr", "interval_type", "interval_unit")
SCHEDULE = frozenset({"event_type_id", "notification_type", "template_ref", *TOLD})


class EventTypeMail(models.Model):
    _inherit = "event.type.mail"

    def _agent_guard_rules(self):
        return [
            *super()._agent_guard_rules(),
            Rule(
                "event mail",
                SCHEDULE,
                lambda mail: not mail._agent_guard_is_by_default(),
                created=True,
            ),
        ]

    def _agent_guard_is_by_default(self):
        """Whether Odoo gives every kind of event such a letter."""
        self.ensure_one()
        name = "event_type_mail_ids"
        default = self.env["event.type"].default_get([name]).get(name) or ()
        own = self.template_ref
        own = (*(self[n] for n in TOLD), own and f"{own._name},{own.id}")
        return any(
            own
            == (
                *(command[2].get(n) for n in TOLD),
                str(command[2].get("template_ref")).replace(" ", ""),
            )
            for command in default
            if isinstance(command, list | tuple) and len(command) == 3 and command[2]
        )
