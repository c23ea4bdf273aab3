# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from markupsafe import Markup

from odoo import api, fields, models

from odoo.addons.strictbase_agent_guard.tools.rules import Rule

#: What a reminder or a synchronised calendar would tell the people invited.
TOLD = frozenset(
    {
        "active",
        "alarm_ids",
        "allday",
        "attendee_ids",
        "description",
        "location",
        "name",
        "partner_ids",
        "rrule",
        "start",
        "stop",
        "videocall_location",
    }
)
#: Reminders that reach people who are not in Odoo.
REMINDERS = {"email", "sms"}


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    def _agent_guard_rules(self):
        return [
            *super()._agent_guard_rules(),
            Rule(fields=TOLD, created=True, items="_agent_guard_reminded"),
            # another provider tells the people invited of any change
            Rule(created=True, items="_agent_guard_pushed"),
        ]

    @api.model
    def _agent_guard_opens(self, name):
        """A public meeting is one that colleagues see."""
        return name != "privacy" and super()._agent_guard_opens(name)

    def unlink(self):
        guard = self.env["strictbase.agent.guard"]
        if guard._actor() is not None:
            guard._egress(self.sudo()._agent_guard_pushed())
        return super().unlink()

    # Invitations are e-mails and are held as such; here comes what others send:
    # reminders by a job, and what a calendar at another provider writes itself.

    def _agent_guard_told(self):
        return self._agent_guard_reminded() + self._agent_guard_pushed()

    def _agent_guard_reminded(self):
        return self._agent_guard_invited(
            lambda event: [
                f"{kind} reminder"
                for kind in sorted({*event.alarm_ids.mapped("alarm_type")} & REMINDERS)
            ]
        )

    def _agent_guard_pushed(self):
        return self._agent_guard_invited(
            lambda event: event._agent_guard_synchronised()
        )

    def _agent_guard_invited(self, channels_of):
        """A manifest line for each channel by which people outside would be told."""
        guard = self.env["strictbase.agent.guard"]
        items = []
        now = fields.Datetime.now()
        for event in self.exists():
            if not event.stop or event.stop < now:
                continue
            channels = channels_of(event)
            if not channels:
                continue
            partners = event.partner_ids | event.attendee_ids.partner_id
            outside = guard._outside_partners(partners)
            if not outside:
                continue
            items += [
                guard._new_egress(
                    channel,
                    guard._as_recipients(outside),
                    event,
                    subject=event.name or "",
                    target=(event._name, event.id),
                )
                for channel in channels
            ]
        return items

    def _agent_guard_said(self):
        """The meeting as those who are told of it see it."""
        lines = [
            f"{fields.Datetime.to_string(self.start)} \u2013 "
            f"{fields.Datetime.to_string(self.stop)} UTC",
            self.rrule,
            self.location,
            self.videocall_location,
        ]
        text = Markup("").join(Markup("<p>%s</p>") % line for line in lines if line)
        return {
            "sender": self.user_id.email_formatted or "",
            "body": text + (self.description or Markup()),
        }

    def _agent_guard_synchronised(self):
        """Providers that would write to the people invited to this event."""
        user = self.user_id or self.env.user
        # without the caller's context
        event = self.with_env(self.env(user=user.id, su=False, context={}))
        user = event.env.user
        found = []
        google = getattr(user, "is_google_calendar_synced", None)
        if google is not None and google():
            found.append("Google calendar")
        outlook = getattr(event, "_check_microsoft_sync_status", None)
        if outlook is not None and outlook():
            found.append("Microsoft calendar")
        return found

    def _agent_guard_hold_push(self, channel):
        """Whether a colleague's calendar must not tell people outside of this event:
        an agent has made or changed it since somebody looked. Held if so."""
        self.ensure_one()
        guard = self.env["strictbase.agent.guard"]
        if guard._actor() is not None or not self.env["res.users"]._agent_guard_uids():
            return False
        event = self.sudo()
        partners = event.partner_ids | event.attendee_ids.partner_id
        outside = guard._outside_partners(partners)
        if not outside:
            return False
        rows = {(attendee._name, attendee.id) for attendee in event.attendee_ids}
        touches = guard._origin_touches(event, outside, rows)
        if not touches:
            return False
        item = guard._new_egress(
            channel,
            guard._as_recipients(outside),
            event,
            subject=event.name or "",
            target=(event._name, event.id),
        )
        self.env["strictbase.agent.held"]._hold(item, touches, owner=event.user_id)
        return True
