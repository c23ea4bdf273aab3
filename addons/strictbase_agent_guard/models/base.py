# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Sendings that a later job makes: arming one needs the approval.

What such a job does runs as another user, in another transaction, so the field or
row that arms it is where an agent is still known. The models need not be installed.
"""

from odoo import api, models

#: Rows that are sent, or shown outside, because they exist.
ARMED_BY_CREATION = {
    "account.edi.document": "electronic document",
    "event.mail": "event mail",
    "event.registration": "event registration",
    "snailmail.letter": "letter",
}
#: Fields whose value makes a job send.
ARMED_BY_FIELD = {
    "account.move": {"sending_data": "invoice"},
    "event.mail": {"scheduled_date": "event mail", "interval_nbr": "event mail"},
    "event.registration": {"email": "event registration", "state": "event"},
    "mailing.mailing": {"state": "mailing", "schedule_date": "mailing"},
    "marketing.campaign": {"state": "campaign"},
    "purchase.order": {
        "receipt_reminder_email": "order e-mail",
        "state": "order e-mail",
    },
    "res.partner": {"receipt_reminder_email": "order e-mail"},
    "rating.rating": {"publisher_comment": "website"},
    "sale.order": {"pending_email_template_id": "order e-mail"},
    "snailmail.letter": {"state": "letter"},
}
#: Values of those fields that send nothing.
HARMLESS = {
    ("mailing.mailing", "state"): {"draft", "done"},
    ("event.registration", "state"): {"draft", "cancel", "done"},
    ("snailmail.letter", "state"): {"canceled", "sent", "error"},
    ("marketing.campaign", "state"): {"draft", "stopped"},
}
PUBLISHED = "is_published"
RECIPIENT_FIELDS = ("partner_id", "email", "email_normalized")


class Base(models.AbstractModel):
    _inherit = "base"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        if (
            self._name in ARMED_BY_CREATION
            or self._name in ARMED_BY_FIELD
            or PUBLISHED in self._fields
        ):
            records._agent_guard_check_armed_rows(None)
        return records

    def write(self, vals):
        res = super().write(vals)
        if (
            self._name in ARMED_BY_FIELD
            and not ARMED_BY_FIELD[self._name].keys().isdisjoint(vals)
        ) or (PUBLISHED in vals and PUBLISHED in self._fields):
            self._agent_guard_check_armed_rows(vals)
        return res

    def _agent_guard_check_armed_rows(self, vals):
        """Ask for approval of what these rows, or these new values, will send."""
        guard = self.env["strictbase.agent.guard"]
        actor = guard._actor()
        if actor is None:
            return
        items = []
        for record in self.sudo():
            channels = record._agent_guard_armed(vals)
            if not channels:
                continue
            recipients = record._agent_guard_armed_recipients(actor)
            if recipients is None:
                continue
            items += [
                guard._new_egress(
                    channel,
                    recipients,
                    record,
                    subject=record.display_name or "",
                    target=(record._name, record.id),
                )
                for channel in sorted(channels)
            ]
        guard._egress(items)

    def _agent_guard_armed(self, vals):
        """Channels that this row opens, by being created or by these values."""
        channels = set()
        if self._name == "event.registration" and not self.event_id.event_mail_ids:
            return channels  # an event that writes to nobody
        if self._name == "purchase.order" and not (
            self.state == "purchase" and self.receipt_reminder_email
        ):
            return channels  # only reminders of confirmed orders are sent
        if vals is None and self._name in ARMED_BY_CREATION:
            channels.add(ARMED_BY_CREATION[self._name])
        for name, channel in ARMED_BY_FIELD.get(self._name, {}).items():
            if vals is not None and name not in vals:
                continue
            if name not in self._fields or not self[name]:
                continue
            if self[name] in HARMLESS.get((self._name, name), ()):
                continue
            channels.add(channel)
        told = vals is None or PUBLISHED in vals
        if told and PUBLISHED in self._fields and self[PUBLISHED]:
            channels.add("website")
        return channels

    def _agent_guard_armed_recipients(self, actor):
        """Whom it is for; None when everybody concerned is inside."""
        guard = self.env["strictbase.agent.guard"]
        named = []
        for name in RECIPIENT_FIELDS:
            field = self._fields.get(name)
            if field is None or not self[name]:
                continue
            if field.type == "many2one" and field.comodel_name == "res.partner":
                outside = guard._outside_partners(self[name], actor)
                named += guard._as_recipients(outside)
            elif field.type == "char":
                named += [
                    {"name": "", "address": address}
                    for address in guard._outside_addresses(self[name], actor=actor)
                ]
        if named:
            return [r for i, r in enumerate(named) if r not in named[:i]]
        if self._name == "event.registration":
            return None
        return [{"name": self.display_name or self._description, "address": ""}]
