# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import ast

from odoo import Command, models
from odoo.tools.mail import email_normalize_all, html2plaintext

from ..tools.call_state import permit_smtp
from .agent_touch import address_key

#: Headers whose address a mail server or reader sends something to: the letter
#: itself, its bounce with the text in it, an answer or a receipt.
ADDRESSED = {
    "from",
    "reply-to",
    "sender",
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
    _name = "mail.mail"
    _inherit = ("strictbase.agent.queued", "mail.mail")

    _agent_guard_content = frozenset(
        {
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
    )
    _agent_guard_spoken = frozenset({"attachment_ids", "body", "body_html", "subject"})
    _agent_guard_stopped = {
        "state": "cancel",
        "failure_reason": "Not approved (agent guard)",
    }

    def send(self, auto_commit=False, raise_exception=False, post_send_callback=None):
        ours = self._agent_guard_ours()
        if not ours:
            return super().send(
                auto_commit=auto_commit,
                raise_exception=raise_exception,
                post_send_callback=post_send_callback,
            )
        allowed, _items = ours._agent_guard_sift()
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
        others = (self - ours)._agent_guard_unchanged()
        if not ours and others == self:
            return super()._send(**values)
        if others:
            super(MailMail, others)._send(**values)
        for mail in ours:
            allowed, items = mail._agent_guard_sift()
            if allowed:
                with permit_smtp(_addresses(items)):
                    super(MailMail, allowed)._send(**values)
        return True

    # ------------------------------------------------------------------
    # Guard
    # ------------------------------------------------------------------
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

    def _agent_guard_partners(self):
        return self.recipient_ids

    def _agent_guard_addressed(self):
        addresses = email_normalize_all(f"{self.email_to or ''}, {self.email_cc or ''}")
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        if not addresses:
            return partners.browse()
        return partners.search([("email_normalized", "in", addresses)])

    def _agent_guard_carries(self):
        keys = super()._agent_guard_carries()
        return keys | {("ir.attachment", file.id) for file in self.attachment_ids}

    def _agent_guard_chosen_by(self):
        """Entries of the list of those who want no mail, for the people reached."""
        addresses = {partner.email_normalized for partner in self.recipient_ids}
        addresses |= set(email_normalize_all(self.email_to))
        return {address_key(address) for address in addresses if address}

    def _agent_guard_text(self):
        texts = (self.subject, self.email_to, self.email_cc)
        return "\n".join(filter(None, (*texts, html2plaintext(self.body_html or ""))))

    def _agent_guard_spare(self, item, aimed):
        """The others get theirs: what is for these becomes a row of its own."""
        partners = self.recipient_ids.filtered(
            lambda partner: partner.id in {touch["res_id"] for touch in aimed}
            and partner not in self.mail_message_id.partner_ids
        )
        partners = self.env["strictbase.agent.guard"]._outside_partners(partners)
        if not partners:
            return True
        others = self.recipient_ids - partners
        row = self
        if others or self.email_to:
            row = self.create(
                {
                    "mail_message_id": self.mail_message_id.id,
                    "body_html": self.body_html,
                    "headers": self.headers,
                    "auto_delete": self.auto_delete,
                    "recipient_ids": [Command.set(partners.ids)],
                    "state": "cancel",
                }
            )
            self.recipient_ids = others
            notifications = self.env["mail.notification"].search(
                [
                    ("mail_mail_id", "=", self.id),
                    ("res_partner_id", "in", partners.ids),
                ]
            )
            notifications.mail_mail_id = row
        row._agent_guard_hold_for(row._agent_guard_item(None), aimed)
        return row != self

    def _agent_guard_dropped(self):
        res = super()._agent_guard_dropped()
        notifications = self.env["mail.notification"].sudo()
        notifications.search([("mail_mail_id", "in", self.ids)]).write(
            {"notification_status": "canceled"}
        )
        return res

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

    def _agent_guard_is_released_before(self, item):
        """A queue has made it from a message or a mailing that was approved."""
        Egress = self.env["strictbase.agent.egress"]
        released = Egress._released("mail.message", self.mail_message_id.id)
        for sibling in self.mail_message_id.mail_ids - self:
            released |= Egress._released("mail.mail", sibling.id)
        return bool(released) and item.addresses() <= released._addresses()


def _addresses(items):
    """Single addresses, as SMTP takes them."""
    return {
        part.strip().lower()
        for item in items
        for address in item.addresses()
        for part in address.split(",")
        if part.strip()
    }
