# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from odoo.addons.strictbase_agent_guard.models.agent_guard import AgentEntry


class AccountMoveSendWizard(models.TransientModel):
    _inherit = "account.move.send.wizard"

    def action_send_and_print(self, allow_fallback_pdf=False):
        with AgentEntry(self, "action_send_and_print") as entry:
            return super(AccountMoveSendWizard, entry.clean()).action_send_and_print(
                allow_fallback_pdf=allow_fallback_pdf
            )
