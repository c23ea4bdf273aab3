# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
"""The roads of this application, in the terms of the guard's own tests."""

from odoo.addons.strictbase_agent_guard.tests.road import (
    call,
    create,
    road,
    write,
)

ROADS = [
    road("applications", "event registration created",
         create("event.registration", event_id="@open_event", name="Client",
                email="@client_email"),
         needs="event.event", wide=True, queues="event.event_mail_scheduler"),
    road("applications", "event registration confirmed by a write",
         create("event.registration", event_id="@open_event", name="Client",
                email="@client_email", state="draft"),
         write("event.registration", "$0", state="open"),
         needs="event.event", wide=True, queues="event.event_mail_scheduler"),
    road("applications", "event mail armed, left to its cron",
         create("event.mail", event_id="@silent_event", interval_type="after_sub",
                interval_nbr=0, interval_unit="now",
                template_ref="@event_template"),
         needs="event.event", wide=True, queues="event.event_mail_scheduler"),
    road("armed", "event mail given another moment",
         write("event.mail", "@event_mail_late", interval_type="after_sub",
               interval_unit="now", interval_nbr=0),
         needs="event.event", wide=True, queues="event.event_mail_scheduler"),
    road("armed", "event moved so that its reminder is due",
         write("event.event", "@event_late", date_begin="@start_soon",
               date_end="@start_later"),
         needs="event.event", wide=True, queues="event.event_mail_scheduler"),
    road("armed", "event mails run by hand",
         call("event.mail/execute", "@event_mail_due"),
         needs="event.event", wide=True, given="event_due"),
    road("armed", "registration moved to an event that confirms",
         write("event.registration", "@registration", event_id="@open_event"),
         needs="event.event", wide=True, queues="event.event_mail_scheduler"),
]

CARRIED = [
    road("carried", "registration made as one that has attended",
         create("event.registration", event_id="@open_event", name="Client",
                email="@client_email", state="done"),
         needs="event.event", wide=True, queues="event.event_mail_scheduler"),
    road("carried", "words of an event whose mail is due",
         write("event.event", "@event_due", note="<p>Hello</p>"),
         needs="event.event", wide=True, given="event_due",
         queues="event.event_mail_scheduler"),
]
