# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from odoo.addons.strictbase_agent_guard.tools.call_state import peek
from odoo.addons.strictbase_agent_guard.tools.rules import Rule

from .event_registration import NOT_TOLD

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

    def _warn_error(self, exception):
        # that a person has to approve the letters is no fault of theirs
        state = peek(self.env)
        if state is not None and state.refused:
            return None
        return super()._warn_error(exception)

    def _agent_guard_rules(self):
        return [
            *super()._agent_guard_rules(),
            # while nobody is registered, there is nobody to write to
            Rule(
                "event mail",
                SCHEDULE,
                lambda mail: mail.event_id.registration_ids.filtered(
                    lambda registration: registration.state not in NOT_TOLD
                ),
                created=True,
            ),
        ]
