# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.tools.mail import email_normalize, formataddr

from ..tools.call_state import peek, smtp_permit


class IrMail_Server(models.Model):
    _inherit = "ir.mail_server"

    def _connect__(self, *args, **kwargs):
        if smtp_permit.get() is None:
            guard = self.env["strictbase.agent.guard"]
            if guard._actor() is not None:
                guard._egress(
                    [
                        guard._new_egress(
                            "e-mail",
                            [{"name": "a mail server", "address": ""}],
                            note="SMTP connection",
                        )
                    ],
                    at_once=True,
                )
        return super()._connect__(*args, **kwargs)

    @api.model
    def send_email(
        self,
        message,
        mail_server_id=None,
        smtp_server=None,
        smtp_port=None,
        smtp_user=None,
        smtp_password=None,
        smtp_encryption=None,
        smtp_ssl_certificate=None,
        smtp_ssl_private_key=None,
        smtp_debug=False,
        smtp_session=None,
    ):
        """The last barrier for e-mail: the addresses as they go to the server."""
        self._agent_guard_check_wire(message, smtp_session)
        return super().send_email(
            message,
            mail_server_id=mail_server_id,
            smtp_server=smtp_server,
            smtp_port=smtp_port,
            smtp_user=smtp_user,
            smtp_password=smtp_password,
            smtp_encryption=smtp_encryption,
            smtp_ssl_certificate=smtp_ssl_certificate,
            smtp_ssl_private_key=smtp_ssl_private_key,
            smtp_debug=smtp_debug,
            smtp_session=smtp_session,
        )

    @api.model
    def _agent_guard_check_wire(self, message, smtp_session):
        permit = smtp_permit.get()
        guard = self.env["strictbase.agent.guard"]
        actor = guard._actor()
        if permit is None and actor is None:
            return
        permitted = {_wire_form(address) for address in permit or ()}
        outside = {
            address
            for address in self._prepare_smtp_to_list(message, smtp_session)
            if _wire_form(address) not in permitted
        }
        if outside:
            normalized = {email_normalize(a, strict=False) or a for a in outside}
            inside = guard._inside_addresses(normalized, actor)
            outside = {a for a in normalized if a not in inside}
        if outside and actor is None:
            # a queue, and an agent's mail: nobody to tell but the mail itself
            raise AssertionError(self.NO_VALID_RECIPIENT)
        if outside:
            guard._egress(
                [
                    guard._new_egress(
                        "e-mail",
                        [{"name": "", "address": a} for a in sorted(outside)],
                        subject=message["Subject"] or "",
                    )
                ],
                at_once=True,
            )
        state = peek(self.env)
        if state is not None:
            state.left = True


def _wire_form(address):
    """An address as it stands in a header: the domain in ASCII."""
    try:
        return formataddr(("", address), "ascii").lower()
    except (UnicodeError, ValueError):
        return address.lower()
