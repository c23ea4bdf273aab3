# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from odoo.addons.strictbase_agent_guard.models.agent_guard import AgentEntry


class AccountMoveSendBatchWizard(models.TransientModel):
    _inherit = "account.move.send.batch.wizard"

    def action_send_and_print(self, force_synchronous=False, allow_fallback_pdf=False):
        with AgentEntry(self, "action_send_and_print") as entry:
            wizard = super(AccountMoveSendBatchWizard, entry.clean())
            return wizard.action_send_and_print(
                force_synchronous=force_synchronous,
                allow_fallback_pdf=allow_fallback_pdf,
            )
