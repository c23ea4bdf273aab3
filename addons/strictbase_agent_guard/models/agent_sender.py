# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""An agent speaks in its own name: author, sender and where answers go.

What Odoo's own code or a template would put there gives way, too: bounces carry the
text, and answers are meant for who has written.
"""

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools.mail import email_normalize_all

from ..tools.who import agent_of

SENDER = {"author_guest_id", "author_id", "email_from", "reply_to"}


class MailMessage(models.Model):
    # a concern of its own, apart from what mail_message.py judges
    _inherit = "mail.message"  # pylint: disable=consider-merging-classes-inherited

    @api.model_create_multi
    def create(self, vals_list):
        if agent_of(self.env) is not None:
            agent = self.env["strictbase.agent.guard"]._acting_agent()
            vals_list = self._agent_guard_with_defaults(vals_list)
            vals_list = [self._agent_guard_own_sender(agent, v) for v in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        if not SENDER.isdisjoint(vals):
            agent = self.env["strictbase.agent.guard"]._acting_agent()
            own = self._agent_guard_own_sender(agent, vals) if agent else vals
            if any(vals[name] != own.get(name) for name in SENDER & set(vals)):
                raise AccessError(
                    self.env._("An agent cannot give a message another sender.")
                )
        return super().write(vals)

    @api.model
    def _agent_guard_own_sender(self, agent, vals):
        """These values with the agent, or Odoo itself, as the sender."""
        # no guest: left out, it is what the context gives by default
        vals = {**vals, "author_guest_id": False}
        if vals.get("author_id") != self.env.ref("base.partner_root").id:
            vals["author_id"] = agent.partner_id.id
            vals["email_from"] = agent.partner_id.email_formatted
        elif vals.get("email_from"):
            vals["email_from"] = agent.partner_id.email_formatted
        own = email_normalize_all(agent.partner_id.email)
        if any(
            address not in own and not self._agent_guard_is_alias(address)
            for address in email_normalize_all(vals.get("reply_to") or "")
        ):
            vals.pop("reply_to")
        return vals

    @api.model
    def _agent_guard_is_alias(self, address):
        """Whether Odoo itself reads this address."""
        local, _at, domain = address.partition("@")
        domains = self.env["mail.alias.domain"].sudo().search([("name", "=", domain)])
        if local in {
            name for d in domains for name in (d.catchall_alias, d.bounce_alias)
        }:
            return True
        return bool(domains) and bool(
            self.env["mail.alias"].sudo().search_count([("alias_name", "=", local)])
        )


class MailMail(models.Model):
    # a concern of its own, apart from what mail_mail.py judges
    _inherit = "mail.mail"  # pylint: disable=consider-merging-classes-inherited

    @api.model_create_multi
    def create(self, vals_list):
        if agent_of(self.env) is not None:
            agent = self.env["strictbase.agent.guard"]._acting_agent()
            vals_list = self._agent_guard_with_defaults(vals_list)
            # what is sent at once is taken from these values, not from the message
            own = self.env["mail.message"]._agent_guard_own_sender
            vals_list = [
                vals if vals.get("mail_message_id") else own(agent, vals)
                for vals in vals_list
            ]
        return super().create(vals_list)
