# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from ..models.agent_touch import WHOLE
from ..tools.who import actor_of


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, *args, **kwargs):
        """Who signs in as one of them is all of them then."""
        partners = self.env["res.partner"].sudo().browse(partner_ids).exists()
        if actor_of(self.env) is not None and len(partners.commercial_partner_id) > 1:
            readers = partners._agent_guard_outside_readers()
            readers._agent_guard_check_reading(dict.fromkeys(readers))
        return super()._merge(partner_ids, *args, **kwargs)

    def _update_foreign_keys_generic(self, model, src_records, dst_record):
        """By statements, past the ledger: what was the others' reaches this one now."""
        agent = dst_record._agent_guard_toucher()
        if agent:
            dst_record._agent_guard_touch(agent, {WHOLE})
        return super()._update_foreign_keys_generic(model, src_records, dst_record)
