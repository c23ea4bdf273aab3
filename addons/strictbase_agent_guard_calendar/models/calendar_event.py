# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

#: What a reminder or a synchronised calendar would tell the people invited.
TOLD = {
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


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    @api.model_create_multi
    def create(self, vals_list):
        events = super().create(vals_list)
        events._agent_guard_check_told()
        return events

    def write(self, vals):
        res = super().write(vals)
        if not TOLD.isdisjoint(vals):
            self.exists()._agent_guard_check_told()
        return res

    def unlink(self):
        self._agent_guard_check_told(deleted=True)
        return super().unlink()

    def _agent_guard_check_told(self, deleted=False):
        """Invitations are e-mails and are held as such; here comes what others send.

        Reminders are sent by a job, and a calendar at another provider writes to the
        people invited itself.
        """
        guard = self.env["strictbase.agent.guard"]
        if guard._actor() is None:
            return
        items = []
        now = fields.Datetime.now()
        for event in self.sudo():
            if not event.stop or event.stop < now:
                continue
            channels = event._agent_guard_synchronised()
            if not deleted:
                kinds = set(event.alarm_ids.mapped("alarm_type"))
                channels += [f"{kind} reminder" for kind in kinds & {"email", "sms"}]
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
        guard._egress(items)

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
