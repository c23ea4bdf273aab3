# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.exceptions import AccessError

from .agent_touch import WHOLE

#: What others take from a contact: how it is called and where it is reached.
TOLD = {
    "city",
    "country_id",
    "email",
    "name",
    "parent_id",
    "phone",
    "state_id",
    "street",
    "street2",
    "user_ids",
    "zip",
}
ADDRESS_FIELDS = {"email", "email_normalized", "phone", "phone_sanitized", "user_ids"}


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        if not ADDRESS_FIELDS.isdisjoint(vals):
            self._agent_guard_check_addresses(vals)
        if not self.env.su or not TOLD.isdisjoint(vals):
            self._agent_guard_check_companies()
        return super().write(vals)

    @api.model
    def _agent_guard_telling(self, names, document=False):
        if document or WHOLE in names:
            return super()._agent_guard_telling(names, document=document)
        return not TOLD.isdisjoint(names)

    def _agent_guard_check_companies(self):
        """A company's own contact is the sender of what its people send."""
        if self.env["strictbase.agent.guard"]._acting_agent():
            companies = self.env["res.company"].sudo().with_context(active_test=False)
            if companies.search_count([("partner_id", "in", self.ids)], limit=1):
                raise AccessError(
                    self.env._("An agent cannot change a company's own contact.")
                )

    def _agent_guard_check_addresses(self, vals):
        """What is sent to a colleague is free, so an agent cannot move a colleague."""
        actor = self.env["strictbase.agent.guard"]._actor()
        if actor is None or actor not in self.env["res.users"]._agent_guard_uids():
            return
        changed = self.sudo().filtered(
            lambda partner: any(
                name in partner._fields
                and (partner[name] or False) != (vals[name] or False)
                for name in ADDRESS_FIELDS & set(vals)
            )
        )
        users = changed.with_context(active_test=False).user_ids
        if users.filtered(lambda user: not user.share):
            raise AccessError(
                self.env._("An agent cannot change the addresses of internal users.")
            )
