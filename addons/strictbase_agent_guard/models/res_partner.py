# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.exceptions import AccessError

from ..tools.who import agent_of
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
#: By which contact somebody is reached who is no contact.
REACHED_BY = {"work_contact_id"}
#: Which company a contact belongs to: its people read what is that company's.
BELONGS = {"child_ids", "commercial_partner_id", "is_company", "parent_id"}
ADDRESS_FIELDS = {"email", "email_normalized", "phone", "phone_sanitized", "user_ids"}


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        if not ADDRESS_FIELDS.isdisjoint(vals):
            self._agent_guard_check_addresses(vals)
        if not self.env.su or not TOLD.isdisjoint(vals):
            self._agent_guard_check_companies()
        return super().write(vals)

    def _agent_guard_write(self, vals):
        if BELONGS.isdisjoint(vals):
            return super()._agent_guard_write(vals)
        readers = self._agent_guard_outside_readers()
        before = {reader: reader.commercial_partner_id for reader in readers}
        res = super()._agent_guard_write(vals)
        readers.exists()._agent_guard_check_reading(before)
        return res

    def _agent_guard_outside_readers(self):
        """Contacts of portal users among these and those below them."""
        users = self.env["res.users"].sudo()
        below = [("share", "=", True), ("partner_id", "child_of", self.ids)]
        return users.search(below).partner_id

    def _agent_guard_check_reading(self, before):
        """Whoever signs in as one of these reads what belongs to its company."""
        guard = self.env["strictbase.agent.guard"]
        guard._egress(
            [
                guard._new_egress(
                    "portal",
                    guard._as_recipients(reader),
                    reader.commercial_partner_id,
                    subject=reader.commercial_partner_id.display_name or "",
                    note="reads what belongs to it",
                )
                for reader in self
                if reader.commercial_partner_id != before[reader]
            ]
        )

    @api.model
    def _agent_guard_telling(self, names, document=False, asked=""):
        if document or WHOLE in names:
            return super()._agent_guard_telling(names, document=document, asked=asked)
        return not TOLD.isdisjoint(names) or any(
            self._agent_guard_is_gone_by(name, asked) for name in names
        )

    def _agent_guard_check_companies(self):
        """A company's own contact is the sender of what its people send."""
        if self._agent_guard_is_of_company():
            raise AccessError(
                self.env._("An agent cannot change a company's own contact.")
            )

    def _agent_guard_is_of_company(self):
        """Whether an agent acts on a contact that a company has for itself."""
        if agent_of(self.env) is None:
            return False
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        found = companies.search_count([("partner_id", "in", self.ids)], limit=1)
        return bool(found)

    def _agent_guard_check_addresses(self, vals):
        if not self._agent_guard_asks():
            return
        changed = self.sudo().filtered(
            lambda partner: any(
                name in partner._fields
                and (partner[name] or False) != (vals[name] or False)
                for name in ADDRESS_FIELDS & set(vals)
            )
        )
        changed._agent_guard_check_no_colleague()

    def _agent_guard_check_no_colleague(self):
        """What is sent to a colleague is free, so an agent cannot move a colleague."""
        users = self.with_context(active_test=False).user_ids
        if users.filtered(lambda user: not user.share):
            raise AccessError(
                self.env._("An agent cannot change the addresses of internal users.")
            )


class ResPartnerBank(models.Model):
    _inherit = "res.partner.bank"

    @api.model
    def _agent_guard_create(self, vals_list):
        accounts = super()._agent_guard_create(vals_list)
        accounts._agent_guard_check_owner()
        return accounts

    def _agent_guard_write(self, vals):
        self._agent_guard_check_owner()
        res = super()._agent_guard_write(vals)
        self._agent_guard_check_owner()
        return res

    @api.ondelete(at_uninstall=False)
    def _agent_guard_check_owner(self):
        """Where a company's customers are to pay is its own word, too."""
        if self.sudo().partner_id._agent_guard_is_of_company():
            raise AccessError(
                self.env._("An agent cannot change a company's own bank accounts.")
            )


class Base(models.AbstractModel):
    # a concern of its own, apart from what base.py arms
    _inherit = "base"  # pylint: disable=consider-merging-classes-inherited

    def _agent_guard_check_contacts(self, vals):
        """An employee's contact is the colleague's address, too."""
        names = REACHED_BY & set(vals) & set(self._fields)
        for name in names if self._agent_guard_asks() else ():
            moved = self.sudo().filtered(lambda r, n=name: r[n].id != vals[n])
            moved[name]._agent_guard_check_no_colleague()
