# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from odoo.addons.strictbase_agent_guard.tools.rules import Rule

TOLD = frozenset({"email", "event_id", "partner_id", "phone", "state"})
#: What the job leaves out; it writes to everybody else.
NOT_TOLD = {"cancel", "draft"}


class EventRegistration(models.Model):
    _inherit = "event.registration"

    def _agent_guard_rules(self):
        return [
            *super()._agent_guard_rules(),
            Rule(
                "event mail",
                TOLD,
                lambda r: r.state not in NOT_TOLD and r.event_id.event_mail_ids,
                created=True,
                instead='the registration without the mails: state "draft"',
            ),
        ]
