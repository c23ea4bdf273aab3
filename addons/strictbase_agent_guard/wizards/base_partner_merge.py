# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from ..models.agent_touch import WHOLE


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys_generic(self, model, src_records, dst_record):
        """By statements, past the ledger: what was the others' reaches this one now."""
        agent = dst_record._agent_guard_toucher()
        if agent:
            dst_record._agent_guard_touch(agent, {WHOLE})
        return super()._update_foreign_keys_generic(model, src_records, dst_record)
