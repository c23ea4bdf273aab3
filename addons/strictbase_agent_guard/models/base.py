# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Sendings that a later job makes: arming one needs the approval.

What such a job does runs as another user, in another transaction, so the row or
field that arms it, or says what an armed one sends, is where an agent is still known.
The models need not be installed.
"""

from collections import namedtuple

from odoo import api, models

#: ``fields`` None is any field; ``when`` says of a row whether it arms something;
#: ``created`` whether making such a row arms it.
Rule = namedtuple("Rule", "channel fields when created", defaults=(None, None, False))


def _event_writes(event):
    return bool(event.event_mail_ids.filtered(lambda mail: not mail.mail_done))


ARMED = {
    "account.edi.document": [Rule("electronic document", created=True)],
    "account.move": [Rule("invoice", {"sending_data"}, lambda r: r.sending_data, True)],
    "event.event": [
        Rule(
            "event mail",
            {"date_begin", "date_end", "date_tz"},
            lambda r: _event_writes(r) and r.registration_ids,
        )
    ],
    "event.mail": [
        Rule(
            "event mail",
            {
                "event_id",
                "interval_nbr",
                "interval_type",
                "interval_unit",
                "notification_type",
                "scheduled_date",
                "template_ref",
            },
            created=True,
        )
    ],
    "event.type.mail": [
        Rule(
            "event mail",
            {
                "event_type_id",
                "interval_nbr",
                "interval_type",
                "interval_unit",
                "notification_type",
                "template_ref",
            },
            created=True,
        )
    ],
    "event.registration": [
        Rule(
            "event mail",
            {"email", "event_id", "partner_id", "phone", "state"},
            lambda r: r.state == "open" and r.event_id.event_mail_ids,
            True,
        )
    ],
    "mailing.mailing": [
        Rule(
            "mailing",
            None,
            # a finished one under test may be sent again, to the rest
            lambda r: (
                r.state in ("in_queue", "sending")
                or (r.state == "done" and r.ab_testing_enabled)
            ),
            True,
        )
    ],
    "marketing.campaign": [Rule("campaign", None, lambda r: r.state == "running")],
    "payment.transaction": [
        Rule(
            "payment",
            {"is_post_processed", "last_state_change", "state"},
            lambda r: (
                r.state in ("pending", "authorized", "done") and not r.is_post_processed
            ),
            True,
        )
    ],
    "project.task.type": [
        Rule(
            "rating request",
            {
                "project_ids",
                "rating_active",
                "rating_request_deadline",
                "rating_status",
                "rating_status_period",
            },
            lambda r: r.rating_active,
            True,
        )
    ],
    "purchase.order": [
        Rule(
            "order reminder",
            {
                "date_planned",
                "partner_id",
                "receipt_reminder_email",
                "reminder_date_before_receipt",
                "state",
            },
            lambda r: r.state == "purchase" and r.receipt_reminder_email,
            True,
        )
    ],
    "rating.rating": [
        Rule("website", {"publisher_comment"}, lambda r: r.publisher_comment, True)
    ],
    "res.partner": [
        Rule(
            "order reminder",
            {"receipt_reminder_email"},
            lambda r: r.receipt_reminder_email,
        )
    ],
    "sale.order": [
        Rule(
            "order e-mail",
            {"pending_email_template_id"},
            lambda r: r.pending_email_template_id,
            True,
        )
    ],
    "snailmail.letter": [Rule("letter", None, lambda r: r.state == "pending", True)],
    "utm.campaign": [
        Rule(
            "mailing",
            {
                "ab_testing_schedule_datetime",
                "ab_testing_winner_mailing_id",
                "ab_testing_winner_selection",
            },
            lambda r: r.mailing_mail_ids.filtered(
                lambda m: m.state == "done" and m.ab_testing_enabled
            ),
        )
    ],
}
#: A stored field to one of these on any lasting record, such as a stage, says what is
#: sent later, when a colleague or a job gets there.
TEMPLATES = {"mail.template": "e-mail by template", "sms.template": "SMS by template"}
#: Their template only fills a draft; what is sent is judged when it is.
DRAFTS = {"mailing.mailing"}
PUBLISHED = "is_published"
RECIPIENT_FIELDS = ("partner_id", "email", "email_normalized", "registration_ids")


class Base(models.AbstractModel):
    _inherit = "base"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        given = self._agent_guard_template_fields(
            {
                *(name for vals in vals_list for name in vals),
                *(
                    name.removeprefix("default_")
                    for name in self.env.context
                    if name.startswith("default_")
                ),
            }
        )
        if given or self._name in ARMED or PUBLISHED in self._fields:
            records._agent_guard_check_armed_rows(None, given)
        return records

    def write(self, vals):
        res = super().write(vals)
        given = self._agent_guard_template_fields(vals)
        if (
            given
            or self._name in ARMED
            or (PUBLISHED in vals and PUBLISHED in self._fields)
        ):
            self._agent_guard_check_armed_rows(vals, given)
        return res

    def _agent_guard_template_fields(self, names):
        """Those of these fields that name a template for later."""
        if self._transient or self._name in DRAFTS:
            return ()
        fields = self._fields
        return [
            name
            for name in names
            if (field := fields.get(name)) is not None
            and field.comodel_name in TEMPLATES
            and field.store
        ]

    def _agent_guard_check_armed_rows(self, vals, given=()):
        """Ask for approval of what these rows, or these new values, will send."""
        guard = self.env["strictbase.agent.guard"]
        actor = guard._actor()
        if actor is None:
            return
        items = []
        for record in self.sudo():
            channels = record._agent_guard_armed(vals)
            channels |= {
                TEMPLATES[record._fields[name].comodel_name]
                for name in given
                if record[name]
            }
            if not channels:
                continue
            recipients = record._agent_guard_armed_recipients(actor)
            items += [
                guard._new_egress(
                    channel,
                    recipients,
                    record,
                    subject=record.display_name or "",
                    target=(record._name, record.id),
                )
                for channel in sorted(channels)
                if recipients
            ]
        guard._egress(items)

    def _agent_guard_armed(self, vals):
        """Channels that this row opens, by being created or by these values."""
        channels = set()
        for rule in ARMED.get(self._name, ()):
            if vals is None and not rule.created:
                continue
            if vals is not None and rule.fields and rule.fields.isdisjoint(vals):
                continue
            if rule.when is None or rule.when(self):
                channels.add(rule.channel)
        told = vals is None or PUBLISHED in vals
        if told and PUBLISHED in self._fields and self[PUBLISHED]:
            channels.add("website")
        return channels

    def _agent_guard_armed_recipients(self, actor):
        """Whom it is for, as far as the row says; empty if all of them are inside."""
        guard = self.env["strictbase.agent.guard"]
        found = []
        known = False
        for name in RECIPIENT_FIELDS:
            field = self._fields.get(name)
            if field is None or not self[name]:
                continue
            if name == "registration_ids":
                known = True
                for registration in self[name]:
                    found += registration._agent_guard_armed_recipients(actor)
            elif field.type == "many2one" and field.comodel_name == "res.partner":
                known = True
                outside = guard._outside_partners(self[name])
                found += guard._as_recipients(outside)
            elif field.type == "char":
                known = True
                found += [
                    {"name": "", "address": address}
                    for address in guard._outside_addresses(self[name])
                ]
        if not known:
            return [{"name": self.display_name or self._description, "address": ""}]
        return [r for i, r in enumerate(found) if r not in found[:i]]
