# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import ast
import logging

from odoo import api, models
from odoo.exceptions import UserError

from ..tools.call_state import current_request, peek, permit_smtp

_logger = logging.getLogger(__name__)

#: Writing one of these on a mail that waits can change what reaches whom.
SENSITIVE = {
    "attachment_ids",
    "body",
    "body_html",
    "email_cc",
    "email_from",
    "email_to",
    "headers",
    "mail_message_id",
    "mail_server_id",
    "recipient_ids",
    "reply_to",
    "scheduled_date",
    "subject",
}


#: Headers whose address a mail server or reader sends something to: the letter
#: itself, its bounce with the text in it, or a receipt.
ADDRESSED = {
    "to",
    "cc",
    "bcc",
    "return-path",
    "errors-to",
    "disposition-notification-to",
    "return-receipt-to",
    "x-confirm-reading-to",
}


class MailMail(models.Model):
    _inherit = "mail.mail"

    @api.model_create_multi
    def create(self, vals_list):
        mails = super().create(vals_list)
        # the stored rows: defaults, ir.default and inherited values are in them
        mails._agent_guard_check_stored()
        return mails

    def write(self, vals):
        res = super().write(vals)
        if not SENSITIVE.isdisjoint(vals) or vals.get("state") == "outgoing":
            self._agent_guard_check_stored()
        return res

    def send(self, auto_commit=False, raise_exception=False, post_send_callback=None):
        ours = self._agent_guard_ours()
        if not ours:
            return super().send(
                auto_commit=auto_commit,
                raise_exception=raise_exception,
                post_send_callback=post_send_callback,
            )
        allowed, _addresses = ours._agent_guard_sift()
        others = self - ours
        if others:
            super(MailMail, others).send(
                auto_commit=auto_commit,
                raise_exception=raise_exception,
                post_send_callback=post_send_callback,
            )
        if allowed:
            with permit_smtp(()):
                return super(MailMail, allowed).send(
                    auto_commit=auto_commit,
                    raise_exception=raise_exception,
                    post_send_callback=post_send_callback,
                )
        return True

    def _send(
        self,
        auto_commit=False,
        raise_exception=False,
        smtp_session=None,
        alias_domain_id=False,
        mail_server=False,
        post_send_callback=None,
    ):
        values = {
            "auto_commit": auto_commit,
            "raise_exception": raise_exception,
            "smtp_session": smtp_session,
            "alias_domain_id": alias_domain_id,
            "mail_server": mail_server,
            "post_send_callback": post_send_callback,
        }
        ours = self._agent_guard_ours()
        if not ours:
            return super()._send(**values)
        others = self - ours
        if others:
            super(MailMail, others)._send(**values)
        for mail in ours:
            allowed, addresses = mail._agent_guard_sift()
            if allowed:
                with permit_smtp(addresses):
                    super(MailMail, allowed)._send(**values)
        return True

    # ------------------------------------------------------------------
    # Guard
    # ------------------------------------------------------------------
    def _agent_guard_ours(self):
        """The mails of this set that an agent is behind, now or when queued."""
        agents = self.env["res.users"]._agent_guard_uids()
        if self.env["strictbase.agent.guard"]._actor() is not None:
            return self
        if not agents:
            return self.browse()
        return self.filtered(lambda mail: mail.sudo().create_uid.id in agents)

    def _agent_guard_check_stored(self):
        guard = self.env["strictbase.agent.guard"]
        actor = guard._actor()
        if actor is None:
            actor = self._agent_guard_message_origin()
            if actor is None:
                return
        held = self.browse()
        items = []
        for mail in self.sudo():
            if mail.state not in ("outgoing", "exception"):
                continue
            item = mail._agent_guard_item(actor)
            if item is None or mail._agent_guard_is_released(item):
                continue
            items.append(item)
            held |= mail
        if not items:
            return
        if guard._actor() is None:
            _logger.warning("Mails %s of an agent are not approved: held", held.ids)
            held._agent_guard_hold()
        elif not guard._egress(items):
            # nothing may pick it up while the call goes on to be refused
            held._agent_guard_hold()

    def _agent_guard_message_origin(self):
        """The agent whose message a queue, and no call, is turning into mail."""
        agents = self.env["res.users"]._agent_guard_uids()
        if not agents:
            return None
        guard = self.env["strictbase.agent.guard"]
        return guard._origin(self.sudo().mail_message_id)

    def _agent_guard_hold(self):
        held = self.sudo().filtered(lambda mail: mail.state != "cancel")
        if held:
            held.write(
                {"state": "cancel", "failure_reason": "Not approved (agent guard)"}
            )

    def _agent_guard_item(self, actor):
        """The manifest line of this mail, None if it stays inside."""
        self.ensure_one()
        guard = self.env["strictbase.agent.guard"]
        partners = guard._outside_partners(self.recipient_ids, actor)
        recipients = guard._as_recipients(partners)
        addresses = guard._outside_addresses(
            self.email_to, self.email_cc, *self._agent_guard_headers(), actor=actor
        )
        recipients += [{"name": "", "address": address} for address in addresses]
        if not recipients:
            return None
        return guard._new_egress(
            "e-mail",
            recipients,
            model=self.model or "",
            res_id=self.res_id or 0,
            subject=self.subject or "",
            digest=guard._digest_of(
                self.subject, self.body_html, attachments=self.attachment_ids
            ),
            target=("mail.mail", self.id),
        )

    def _agent_guard_headers(self):
        """Values of headers that name recipients; the caller may have set them."""
        if not self.headers:
            return []
        try:
            headers = ast.literal_eval(str(self.headers))
        except (SyntaxError, ValueError):
            return []
        if not isinstance(headers, dict):
            return []
        named = [
            str(value)
            for name, value in headers.items()
            if str(name).strip().lower().removeprefix("resent-") in ADDRESSED
        ]
        if not named:
            return []
        # Odoo itself has bounces come back to an address of its own.
        domains = self.env["mail.alias.domain"].sudo().search([("name", "!=", False)])
        own = {email for email in domains.mapped("bounce_email") if email}
        return [value for value in named if value not in own]

    def _agent_guard_is_released(self, item):
        """Whether an approval covers this row as it is now."""
        Egress = self.env["strictbase.agent.egress"]
        row = Egress._released(*item.target)
        if row:
            last = row[0]
            return last.content_digest == item.digest and (
                item.addresses() <= last._addresses()
            )
        if current_request() is not None or peek(self.env) is not None:
            return False
        # a queue has made it from a message or a mailing that was approved
        if "mailing_id" in self._fields and Egress._released(
            "mailing.mailing", self.mailing_id.id
        ):
            return True
        released = Egress._released("mail.message", self.mail_message_id.id)
        for sibling in self.mail_message_id.mail_ids - self:
            released |= Egress._released("mail.mail", sibling.id)
        return bool(released) and item.addresses() <= released._addresses()

    def _agent_guard_sift(self):
        """Mails that may be sent now, and the addresses that they may reach."""
        guard = self.env["strictbase.agent.guard"]
        actor = guard._actor()
        allowed = self.browse()
        permitted = set()
        items = []
        for mail in self:
            row = mail.sudo()
            origin = actor if actor is not None else row.create_uid.id
            if row.state != "outgoing":
                continue
            item = row._agent_guard_item(origin)
            if item is not None and not row._agent_guard_is_released(item):
                if actor is None:
                    _logger.warning("Mail %s has changed since it was approved", row.id)
                    row._agent_guard_hold()
                    continue
                items.append(item)
                if not guard._egress([item]):
                    continue
            if item is not None:
                permitted |= item.addresses()
            allowed |= mail
        state = peek(self.env)
        if items and state is not None and state.refused and not allowed:
            raise UserError(str(state.error()))
        return allowed, _split(permitted)


def _split(addresses):
    """Single addresses, as SMTP takes them."""
    return {
        part.strip().lower()
        for address in addresses
        for part in address.split(",")
        if part.strip()
    }
