# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
from datetime import datetime, timedelta

from odoo import Command

from .registry import makes


@makes("event.event")
def make_event_event(case):
    env = case.env
    # the others would mail their own people when the cron runs
    env["event.mail"].search([]).unlink()
    template = env.ref("event.event_subscription").id
    scheduler = {"interval_nbr": 0, "interval_unit": "now"}
    events = env["event.event"].create(
        [
            {
                "name": name,
                "date_begin": datetime.now().replace(microsecond=0) + timedelta(days=5),
                "date_end": datetime.now().replace(microsecond=0) + timedelta(days=6),
                "event_mail_ids": mails,
            }
            for name, mails in (
                (
                    "Confirms registrations",
                    [
                        Command.clear(),
                        Command.create(
                            {
                                **scheduler,
                                "interval_type": "after_sub",
                                "template_ref": f"mail.template,{template}",
                            }
                        ),
                    ],
                ),
                ("Silent", [Command.clear()]),
            )
        ]
    )
    late, due = env["event.event"].create(
        [
            {
                "name": name,
                "date_begin": datetime.now().replace(microsecond=0)
                + timedelta(days=90),
                "date_end": datetime.now().replace(microsecond=0) + timedelta(days=91),
                "event_mail_ids": [
                    Command.clear(),
                    Command.create(
                        {
                            "interval_nbr": nbr,
                            "interval_unit": "days",
                            "interval_type": kind,
                            "template_ref": f"mail.template,{template}",
                        }
                    ),
                ],
            }
            for name, nbr, kind in (
                ("Late", 30, "before_event"),
                ("Due", 30, "before_event"),
            )
        ]
    )
    env["event.registration"].create(
        [
            {
                "event_id": event.id,
                "partner_id": case.client.id,
                "name": "Client",
                "email": case.client.email,
            }
            for event in (late, due)
        ]
    )
    case.at.update(
        event_due=due.id,
        event_late=late.id,
        event_mail_late=late.event_mail_ids.id,
        event_mail_due=due.event_mail_ids.id,
    )
    case.given["event_due"] = (
        """UPDATE event_mail
              SET scheduled_date = now() at time zone 'utc' - interval '1 hour'
            WHERE id = %s""",
        due.event_mail_ids.id,
    )
    events.message_unsubscribe(events.message_partner_ids.ids)
    registration = env["event.registration"].create(
        {
            "event_id": events[1].id,
            "partner_id": case.client.id,
            "name": "Client",
            "email": case.client.email,
        }
    )
    case.at.update(
        open_event=events[0].id,
        silent_event=events[1].id,
        registration=registration.id,
        event_template=f"mail.template,{template}",
    )
