# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.tools import hmac

from odoo.addons.strictbase_agent_guard.tools.call_state import peek
from odoo.addons.strictbase_agent_guard.tools.rules import Rule

TOLD = frozenset({"email", "event_id", "partner_id", "phone", "state"})
#: What the job leaves out; it writes to everybody else.
NOT_TOLD = {"cancel", "draft"}


class EventRegistration(models.Model):
    _inherit = "event.registration"

    @api.model
    def _get_random_barcode(self):
        """Drawn from the call itself, where an agent makes the registration: a letter
        and a ticket carry it, and what leaves after a person approved them is what they
        were shown. Nobody can foretell it."""
        arguments = self.env["strictbase.agent.guard"]._arguments()
        state = peek(self.env)
        if state is None or not state.is_agent or not arguments:
            return super()._get_random_barcode()
        env = self.with_context(active_test=False).sudo().env
        while True:
            state.drawn += 1
            drawn = hmac(env, "agent-guard-barcode", (arguments, state.drawn))
            barcode = str(int(drawn[:16], 16))
            # the same call was made before, and approved
            if not env[self._name].search_count([("barcode", "=", barcode)]):
                return barcode

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
