# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import AccessError

ADDRESS_FIELDS = {"email", "email_normalized", "phone", "phone_sanitized", "user_ids"}


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        if not ADDRESS_FIELDS.isdisjoint(vals):
            self._agent_guard_check_addresses(vals)
        return super().write(vals)

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
