# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models

from ..tools.acts import job
from ..tools.call_state import permit_internal_http
from ..tools.who import actor_of
from .agent_guard import AgentEntry


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def message_post(self, **kwargs):
        with AgentEntry(self, "message_post") as entry:
            return super(MailThread, entry.clean()).message_post(**kwargs)

    @api.model
    def message_process(self, *args, **kwargs):
        # whoever fetches the mail does not look at what Odoo makes of it
        with job():
            return super().message_process(*args, **kwargs)

    def _notify_thread(self, message, msg_vals=False, **kwargs):
        recipients_data = super()._notify_thread(message, msg_vals=msg_vals, **kwargs)
        self._agent_guard_check_notified(message, recipients_data, msg_vals, kwargs)
        return recipients_data

    def _agent_guard_check_notified(self, message, recipients_data, msg_vals, kwargs):
        """Recipients as resolved: followers, mentions, addresses, numbers.

        E-mail that is made at once is checked as stored, row by row; here comes what
        is sent in another way, or later.
        """
        if actor_of(self.env) is None or not recipients_data:
            return
        guard = self.env["strictbase.agent.guard"]
        later = bool(self._is_notification_scheduled(kwargs.get("scheduled_date")))
        items = {}
        partners = self.env["res.partner"].browse(
            [data["id"] for data in recipients_data if data["id"]]
        )
        outside = guard._outside_partners(partners)
        for data in recipients_data:
            channel = data.get("notif") or "email"
            if channel == "email" and not later:
                continue
            if data["id"] and data["id"] not in outside.ids:
                continue
            if data["id"]:
                who = guard._as_recipients(outside.browse(data["id"]))
            else:
                who = [{"name": "", "address": data.get("email_normalized") or ""}]
            items.setdefault("e-mail" if channel == "email" else channel, []).extend(
                who
            )
        message = message.sudo()
        guard._egress(
            [
                guard._new_egress(
                    channel,
                    who,
                    model=self._name,
                    res_id=self.id or 0,
                    subject=message.subject or "",
                    digest=guard._digest_of(
                        message.subject,
                        message.body,
                        attachments=message.attachment_ids,
                    ),
                    target=("mail.message", message.id),
                )
                for channel, who in items.items()
            ]
        )

    def _web_push_send_notification(
        self, devices, private_key, public_key, payload_by_lang=None, payload=None
    ):
        """A push to a colleague's device is internal, whoever runs its server."""
        values = {"payload_by_lang": payload_by_lang, "payload": payload}
        guard = self.env["strictbase.agent.guard"]
        if guard._actor() is None:
            return super()._web_push_send_notification(
                devices, private_key, public_key, **values
            )
        outside = guard._outside_partners(devices.partner_id)
        if outside and not guard._egress(
            [guard._new_egress("push", guard._as_recipients(outside), self[:1])]
        ):
            return None
        with permit_internal_http():
            return super()._web_push_send_notification(
                devices, private_key, public_key, **values
            )
