# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
from datetime import datetime, timedelta

from odoo import Command

from .registry import makes


@makes("calendar.event")
def make_calendar_event(case):
    start = datetime.now().replace(microsecond=0) + timedelta(days=2)
    stop = start + timedelta(hours=1)
    events = (
        case.env["calendar.event"]
        .with_context(dont_notify=True, no_mail_to_attendees=True)
        .create(
            [
                {
                    "name": name,
                    "start": start,
                    "stop": stop,
                    "user_id": case.users["colleague"].id,
                    "partner_ids": [Command.set(partners)],
                }
                for name, partners in (
                    ("With a client", [case.at["colleague_partner"], case.client.id]),
                    ("Internal", [case.at["colleague_partner"]]),
                )
            ]
        )
    )
    soon = datetime.now().replace(microsecond=0) + timedelta(minutes=61)
    silent = case.env["calendar.alarm"].create(
        {
            "name": "Silent",
            "alarm_type": "notification",
            "duration": 3,
            "interval": "hours",
        }
    )
    loud = case.env.ref("calendar.alarm_mail_1")
    reminders = (
        case.env["calendar.event"]
        .with_context(dont_notify=True, no_mail_to_attendees=True)
        .create(
            [
                {
                    "name": alarm.name,
                    "start": soon,
                    "stop": soon + timedelta(hours=1),
                    "user_id": case.users["colleague"].id,
                    "partner_ids": [Command.set(partners)],
                    "alarm_ids": [Command.set(alarm.ids)],
                }
                for alarm, partners in (
                    (loud, [case.at["colleague_partner"]]),
                    (silent, [case.at["colleague_partner"], case.client.id]),
                )
            ]
        )
    )
    case.at.update(event_reminds=reminders[0].id, alarm_silent=silent.id)
    case.at.update(
        event=events[0].id,
        event_internal=events[1].id,
        start=str(start),
        stop=str(stop),
        start_soon=str(datetime.now().replace(microsecond=0) + timedelta(minutes=61)),
        stop_soon=str(datetime.now().replace(microsecond=0) + timedelta(minutes=90)),
        start_later=str(start + timedelta(days=1)),
        stop_later=str(stop + timedelta(days=1)),
    )
