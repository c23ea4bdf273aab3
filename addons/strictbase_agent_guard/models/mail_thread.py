# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from contextlib import contextmanager

from odoo import models
from odoo.exceptions import AccessError, MissingError

from ..tools.call_state import permit_internal_http
from .agent_guard import AgentEntry
from .mail_message import SHOWN

PUBLIC = {"name": "everyone on the website", "address": ""}
LINK = {"name": "everyone with the portal link", "address": ""}
MAX_READERS = 50


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def message_post(self, **kwargs):
        with AgentEntry(self, "message_post") as entry:
            return super(MailThread, entry.clean()).message_post(**kwargs)

    def write(self, vals):
        if self.env["strictbase.agent.guard"]._actor() is None:
            return super().write(vals)
        with self._agent_guard_watch():
            return super().write(vals)

    def _message_subscribe(self, partner_ids=None, subtype_ids=None, customer_ids=None):
        values = {"subtype_ids": subtype_ids, "customer_ids": customer_ids}
        guard = self.env["strictbase.agent.guard"]
        if guard._actor() is None or {*(partner_ids or ())} <= guard._own_partners():
            return super()._message_subscribe(partner_ids, **values)
        with self._agent_guard_watch():
            return super()._message_subscribe(partner_ids, **values)

    # ------------------------------------------------------------------
    # Who comes to read what was written before
    # ------------------------------------------------------------------
    @contextmanager
    def _agent_guard_watch(self):
        """Ask for approval if what is done inside shows agents' comments to others.

        A comment is judged when it is stored. Another customer, another privacy or
        another follower later opens the record, and the comment with it.
        It costs one query, unless agents have commented on these records.
        """
        guard = self.env["strictbase.agent.guard"]
        commented = self._agent_guard_commented()
        before = {record: _people(record) for record in commented}
        yield
        items = []
        for record, messages in commented.items():
            record.invalidate_recordset(["message_follower_ids", "message_partner_ids"])
            if _people(record) <= before[record]:
                continue
            items += [message._agent_guard_publication() for message in messages]
        guard._egress([item for item in items if item is not None])

    def _agent_guard_commented(self):
        """Records among these with comments of agents that a portal page shows."""
        if self._name == "discuss.channel" or not self.ids:
            return {}
        actor = self.env["strictbase.agent.guard"]._actor()
        agents = {actor, *self.env["res.users"]._agent_guard_uids()}
        messages = self.env["mail.message"].sudo()
        messages = messages.search(
            [
                ("model", "=", self._name),
                ("res_id", "in", self.ids),
                ("create_uid", "in", list(agents)),
                ("message_type", "in", list(SHOWN)),
                ("is_internal", "=", False),
                ("subtype_id.internal", "=", False),
            ]
        )
        records = self.sudo()
        return {
            records.browse(res_id): of_record
            for res_id, of_record in messages.grouped("res_id").items()
        }

    def _notify_thread(self, message, msg_vals=False, **kwargs):
        recipients_data = super()._notify_thread(message, msg_vals=msg_vals, **kwargs)
        self._agent_guard_check_notified(message, recipients_data, msg_vals, kwargs)
        return recipients_data

    def _agent_guard_check_notified(self, message, recipients_data, msg_vals, kwargs):
        """Recipients as resolved: followers, mentions, addresses, numbers.

        E-mail that is made at once is checked as stored, row by row; here comes what
        is sent in another way, or later.
        """
        guard = self.env["strictbase.agent.guard"]
        if guard._actor() is None or not recipients_data:
            return
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

    # ------------------------------------------------------------------
    # Who can read a record's public messages
    # ------------------------------------------------------------------
    def _agent_guard_readers(self):
        """People outside who can read the messages of this record that are shown.

        Asked with the access rules themselves, for the public and for the portal
        users of the partners concerned; plus whom a portal link is meant for.
        """
        self.ensure_one()
        guard = self.env["strictbase.agent.guard"]
        record = self.sudo()
        public = self.env["ir.model.data"]._xmlid_to_res_id("base.public_user")
        if record._agent_guard_can_read(self.env["res.users"].browse(public)):
            return [PUBLIC]
        followers = record.message_partner_ids
        customers = record._agent_guard_customers()
        outside = guard._outside_partners(followers | customers)
        followers, customers = followers & outside, customers & outside
        readers = self.env["res.partner"].sudo()
        if "access_token" in record._fields and "access_url" in record._fields:
            readers |= followers
            readers |= record._agent_guard_portal_partners(customers)
        concerned = (followers | customers) - readers
        if concerned:
            users = (
                self.env["res.users"]
                .sudo()
                .search(
                    [
                        ("share", "=", True),
                        (
                            "partner_id",
                            "child_of",
                            concerned.commercial_partner_id.ids,
                        ),
                    ],
                    limit=MAX_READERS,
                )
            )
            readers |= users.filtered(record._agent_guard_can_read).partner_id
        if readers:
            return guard._as_recipients(readers)
        if record._agent_guard_link_is_out():
            return [LINK]
        return []

    def _agent_guard_can_read(self, user):
        """Judged without the caller's context, such as companies that it names."""
        env = self.env(user=user.id, su=False, context={})
        try:
            return bool(self.with_env(env).has_access("read"))
        except MissingError:
            return False
        except AccessError:
            return True  # not known, so not free

    def _agent_guard_customers(self):
        found = self._mail_get_partners(introspect_fields=False)
        return found.get(self.id, self.env["res.partner"])

    def _agent_guard_portal_partners(self, customers):
        """Customers for whom this document is made: its page is theirs to open."""
        return customers

    def _agent_guard_link_is_out(self):
        """Whether somebody outside has been sent something about this record."""
        if not self._fields.get("access_token") or not self.access_token:
            return False
        guard = self.env["strictbase.agent.guard"]
        messages = (
            self.env["mail.message"]
            .sudo()
            .search([("model", "=", self._name), ("res_id", "=", self.id)], limit=200)
        )
        notified = messages.partner_ids | messages.notification_ids.res_partner_id
        return bool(guard._outside_partners(notified)) or any(
            messages.mapped("outgoing_email_to")
        )


def _people(record):
    return {(r["name"], r["address"]) for r in record._agent_guard_readers()}
