# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
"""The roads by which a message leaves Odoo toward a client: data, no logic.

An entry names its area, what would leave, and the calls an ordinary employee makes
over JSON-2 to have it leave. ``@name`` stands for a record or value of the fixtures
(``common_http.py``), ``@ref:module.name`` for an external id, ``@me`` for the caller,
``$0`` for what the first call returned, ``$0[0]`` for its first id. ``needs`` lists
the models without which the road does not exist; ``queues`` the crons that carry it
beyond those that always run; ``wide`` gives the caller the applications' user groups
beside Project, Timesheets, Sales, Invoicing and Contacts.

``test_roads.py`` proves of each entry that it does reach a client when nobody guards
it, and that it does not when an agent tries it.
"""

from collections import namedtuple

Call = namedtuple("Call", "endpoint ids kwargs")
Road = namedtuple("Road", "area title calls needs queues wide")


def call(endpoint, ids=None, /, **kwargs):
    return Call(endpoint, ids, kwargs)


def road(area, title, *calls, needs=(), queues=(), wide=False):
    needs = (needs,) if isinstance(needs, str) else tuple(needs)
    queues = (queues,) if isinstance(queues, str) else tuple(queues)
    return Road(area, title, calls, needs, queues, wide)


COMMENT = "mail.mt_comment"
NOTE = "mail.mt_note"


def post(record="@file", model="res.partner", /, **kwargs):
    return call(f"{model}/message_post", record, **{"body": "Hello", **kwargs})


def create(model, /, **values):
    return call(f"{model}/create", vals_list=[values])


def write(model, record, /, **values):
    return call(f"{model}/write", record, vals=values)


def compose(action="action_send_mail", context=None, **values):
    return (
        call(
            "mail.compose.message/create",
            vals_list=[
                {
                    "model": "res.partner",
                    "res_ids": "[@{file}]",
                    "subject": "Hello",
                    "body": "Hello",
                    **values,
                }
            ],
            **({"context": context} if context else {}),
        ),
        call(f"mail.compose.message/{action}", "$0"),
    )


ROADS = [
    # ------------------------------------------------------------------ chatter
    road("chatter", "comment addressed to a client",
         post(message_type="comment", subtype_xmlid=COMMENT, partner_ids=["@client"])),
    road("chatter", "comment that a client follows",
         post(message_type="comment", subtype_xmlid=COMMENT)),
    road("chatter", "message type left out, client follows",
         post(subtype_xmlid=COMMENT)),
    road("chatter", "notification that a client follows",
         post(message_type="notification", subtype_xmlid=COMMENT)),
    road("chatter", "automated comment that a client follows",
         post(message_type="auto_comment", subtype_xmlid=COMMENT)),
    road("chatter", "message type email, client follows",
         post(message_type="email", subtype_xmlid=COMMENT)),
    road("chatter", "message type outgoing email, client follows",
         post(message_type="email_outgoing", subtype_xmlid=COMMENT)),
    road("chatter", "message type out of office, client follows",
         post(message_type="out_of_office", subtype_xmlid=COMMENT)),
    road("chatter", "note addressed to a client",
         post(message_type="comment", subtype_xmlid=NOTE, partner_ids=["@client"])),
    road("chatter", "nothing but a recipient",
         post(partner_ids=["@client"])),
    road("chatter", "subtype by id, client follows",
         post(subtype_id="@ref:mail.mt_comment")),
    road("chatter", "client made a follower, then a comment",
         call("res.partner/message_subscribe", "@quiet", partner_ids=["@client"]),
         post("@quiet", subtype_xmlid=COMMENT)),
    road("chatter", "record created with a client as follower, then a comment",
         create("res.partner", name="New", message_follower_ids=[
             [0, 0, {"partner_id": "@client", "res_model": "res.partner"}]]),
         post("$0", subtype_xmlid=COMMENT)),
    road("chatter", "autofollow by context, then a comment",
         post("@quiet", partner_ids=["@colleague_partner", "@portal_partner"],
              context={"mail_post_autofollow": True}),
         post("@quiet", subtype_xmlid=COMMENT)),
    road("chatter", "own address changed, own message notified",
         write("res.users", "@me", email="@client_email"),
         post("@quiet", partner_ids=["@my_partner"], notify_author=True)),
    road("chatter", "colleague's address changed, colleague mentioned",
         write("res.partner", "@colleague_partner", email="@client_email"),
         post("@quiet", partner_ids=["@colleague_partner"])),
    road("chatter", "bare address in outgoing_email_to",
         post("@quiet", outgoing_email_to="@client_email")),
    road("chatter", "blind copy by mail header",
         create("res.partner", name="No address", email="x"),
         post("@quiet", partner_ids="$0", mail_headers={"Bcc": "@client_email"})),
    road("chatter", "comment left to the mail queue",
         post(subtype_xmlid=COMMENT, force_send=False)),
    road("chatter", "comment sent inside the transaction",
         post(subtype_xmlid=COMMENT, send_after_commit=False)),
    road("chatter", "comment whose notifications are scheduled",
         post(subtype_xmlid=COMMENT, scheduled_date="@later")),
    road("chatter", "message_notify on a record",
         call("res.partner/message_notify", "@quiet", body="Hello", subject="Hello",
              partner_ids=["@client"])),
    road("chatter", "message_notify on no record",
         call("mail.thread/message_notify", body="Hello", subject="Hello",
              partner_ids=["@client"])),
    road("chatter", "message_mail_with_source",
         call("res.partner/message_mail_with_source", "@file",
              source_ref="portal.portal_share_template", subject="Hello",
              partner_ids=["@client"]), needs="portal.mixin"),
    road("chatter", "message_post_with_source",
         call("res.partner/message_post_with_source", "@file",
              source_ref="mail.message_origin_link", subtype_xmlid=COMMENT,
              render_values={"self": "x", "origin": "x"})),
    road("chatter", "activity_send_mail",
         call("res.partner/activity_send_mail", "@file", template_id="@template")),
    road("chatter", "portal user made responsible",
         write("res.partner", "@quiet", user_id="@portal_user")),
    road("chatter", "SMS to a number by message_post",
         post("@quiet", message_type="sms", subtype_xmlid=NOTE,
              sms_numbers=["@client_phone"]), needs="sms.sms"),
    road("chatter", "SMS to a client by message_post",
         post("@quiet", message_type="sms", subtype_xmlid=NOTE,
              partner_ids=["@client"]), needs="sms.sms"),
    # -------------------------------------------------------------- publication
    road("publication", "comment on an order nobody follows",
         post("@order", "sale.order", message_type="comment", subtype_xmlid=COMMENT),
         needs="sale.order"),
    road("publication", "message row created on a task",
         create("mail.message", model="project.task", res_id="@task", body="Hello",
                message_type="comment", subtype_id="@ref:mail.mt_comment"),
         needs="project.task"),
    road("publication", "own note on an order turned into a comment",
         post("@order", "sale.order", subtype_xmlid=NOTE, message_type="comment"),
         write("mail.message", "$0", subtype_id="@ref:mail.mt_comment",
               is_internal=False), needs="sale.order"),
    # ---------------------------------------------------------------- templates
    road("templates", "send_mail to an address of choice",
         call("mail.template/send_mail", "@template", res_id="@quiet", force_send=True,
              email_values={"email_to": "@client_email", "recipient_ids": []})),
    road("templates", "send_mail as the template says",
         call("mail.template/send_mail", "@template", res_id="@quiet",
              force_send=True)),
    road("templates", "send_mail left to the queue",
         call("mail.template/send_mail", "@template", res_id="@quiet")),
    road("templates", "send_mail_batch",
         call("mail.template/send_mail_batch", "@template",
              res_ids=["@quiet", "@file"])),
    road("templates", "template of one's own",
         create("mail.template", name="Own", model_id="@model_partner",
                subject="Hello", body_html="<p>Hello</p>", email_to="@client_email"),
         call("mail.template/send_mail", "$0", res_id="@quiet", force_send=True)),
    # ----------------------------------------------------------------- composer
    road("composer", "comment to a client",
         *compose(composition_mode="comment", partner_ids=[[6, 0, ["@client"]]])),
    road("composer", "comment that a client follows",
         *compose(composition_mode="comment", subtype_id="@ref:mail.mt_comment")),
    road("composer", "note to a client",
         *compose(composition_mode="comment", subtype_id="@ref:mail.mt_note",
                  partner_ids=[[6, 0, ["@client"]]])),
    road("composer", "mass mail",
         *compose(composition_mode="mass_mail", res_ids="[@{client}]")),
    road("composer", "mass mail called a note",
         *compose(composition_mode="mass_mail", res_ids="[@{client}]",
                  subtype_id="@ref:mail.mt_note")),
    road("composer", "mass mail left to the queue",
         *compose(composition_mode="mass_mail", res_ids="[@{client}]",
                  force_send=False)),
    road("composer", "mass mail over a domain",
         *compose(composition_mode="mass_mail", res_ids=False,
                  res_domain="[('id', '=', @{client})]")),
    road("composer", "template",
         *compose(composition_mode="comment", template_id="@template")),
    road("composer", "model without a chatter",
         *compose(model="res.country", res_ids="[@{country}]",
                  composition_mode="comment", partner_ids=[[6, 0, ["@client"]]])),
    road("composer", "scheduled",
         *compose("action_schedule_message", composition_mode="comment",
                  partner_ids=[[6, 0, ["@client"]]], scheduled_date="@later")),
    # ------------------------------------------------------- scheduled messages
    road("scheduled", "message armed and left to its cron",
         create("mail.scheduled.message", model="res.partner", res_id="@quiet",
                body="Hello", author_id="@my_partner", scheduled_date="@later",
                partner_ids=[[6, 0, ["@client"]]])),
    road("scheduled", "note to a client armed and left to its cron",
         create("mail.scheduled.message", model="res.partner", res_id="@quiet",
                body="Hello", author_id="@my_partner", scheduled_date="@later",
                is_note=True, partner_ids=[[6, 0, ["@client"]]])),
    road("scheduled", "message armed without recipients, client follows",
         create("mail.scheduled.message", model="res.partner", res_id="@file",
                body="Hello", author_id="@my_partner", scheduled_date="@later")),
    road("scheduled", "message armed and posted at once",
         create("mail.scheduled.message", model="res.partner", res_id="@quiet",
                body="Hello", author_id="@my_partner", scheduled_date="@later",
                send_context={}, partner_ids=[[6, 0, ["@client"]]]),
         call("mail.scheduled.message/post_message", "$0")),
    road("scheduled", "harmless message armed, recipients added later",
         create("mail.scheduled.message", model="res.partner", res_id="@quiet",
                body="Hello", author_id="@my_partner", scheduled_date="@later",
                is_note=True),
         write("mail.scheduled.message", "$0", partner_ids=[[6, 0, ["@client"]]])),
    # ------------------------------------------------------------------ discuss
    road("discuss", "invitation by e-mail",
         call("discuss.channel/invite_by_email", "@channel",
              emails=["@client_email"])),
    road("discuss", "message in a channel with a visitor",
         post("@channel_guest", "discuss.channel", message_type="comment",
              subtype_xmlid=COMMENT)),
    road("discuss", "message in a channel with a client",
         post("@channel_client", "discuss.channel", message_type="comment",
              subtype_xmlid=COMMENT)),
    road("discuss", "client mentioned in an internal channel",
         post("@channel", "discuss.channel", message_type="comment",
              subtype_xmlid=COMMENT, partner_ids=["@client"])),
    road("discuss", "client added to a channel, then a message",
         call("discuss.channel/add_members", "@channel",
              partner_ids=["@portal_partner"]),
         post("@channel", "discuss.channel", message_type="comment",
              subtype_xmlid=COMMENT)),
    # ----------------------------------------------------------------- calendar
    road("calendar", "meeting created with a client",
         create("calendar.event", name="Meeting", start="@start", stop="@stop",
                partner_ids=[[6, 0, ["@my_partner", "@client"]]]),
         needs="calendar.event"),
    road("calendar", "client added to a meeting",
         create("calendar.event", name="Meeting", start="@start", stop="@stop",
                partner_ids=[[6, 0, ["@my_partner"]]]),
         write("calendar.event", "$0", partner_ids=[[4, "@client"]]),
         needs="calendar.event"),
    road("calendar", "meeting with a client moved",
         write("calendar.event", "@event", start="@start_later", stop="@stop_later"),
         needs="calendar.event"),
    road("calendar", "action_sendmail",
         call("calendar.event/action_sendmail", "@event"), needs="calendar.event"),
    # ------------------------------------------------------------------- portal
    road("portal", "share wizard",
         call("portal.share/create", vals_list=[
             {"res_model": "project.task", "res_id": "@task",
              "partner_ids": [[6, 0, ["@client"]]]}]),
         call("portal.share/action_send_mail", "$0"),
         needs=("portal.share", "project.task")),
    road("portal", "access granted",
         create("portal.wizard", partner_ids=[[6, 0, ["@client"]]]),
         call("portal.wizard/read", "$0", fields=["user_ids"]),
         call("portal.wizard.user/search", domain=[["partner_id", "=", "@client"]]),
         call("portal.wizard.user/action_grant_access", "$2"),
         needs="portal.wizard"),
    road("portal", "invited again",
         create("portal.wizard", partner_ids=[[6, 0, ["@portal_partner"]]]),
         call("portal.wizard/read", "$0", fields=["user_ids"]),
         call("portal.wizard.user/search",
              domain=[["partner_id", "=", "@portal_partner"]]),
         call("portal.wizard.user/action_invite_again", "$2"),
         needs="portal.wizard"),
    road("portal", "followers added with a notice",
         create("mail.followers.edit", res_model="res.partner", res_ids="[@{quiet}]",
                operation="add", partner_ids=[[6, 0, ["@client"]]], notify=True,
                message="Hello"),
         call("mail.followers.edit/edit_followers", "$0")),
    # -------------------------------------------------------------------- users
    road("users", "two-factor invitation",
         call("res.users/action_totp_invite", "@portal_user"),
         needs="auth_totp.device"),
    road("users", "password reset by login",
         call("res.users/reset_password", login="@portal_login"),
         needs="portal.wizard"),
    # ---------------------------------------------------------------------- sms
    road("sms", "composer, comment on a record",
         create("sms.composer", composition_mode="comment", res_model="res.partner",
                res_id="@client", body="Hello"),
         call("sms.composer/action_send_sms", "$0"), needs="sms.composer"),
    road("sms", "composer, free numbers",
         create("sms.composer", composition_mode="numbers", numbers="@client_phone",
                body="Hello"),
         call("sms.composer/action_send_sms", "$0"), needs="sms.composer"),
    road("sms", "composer, mass",
         create("sms.composer", composition_mode="mass", res_model="res.partner",
                res_ids="[@{client}]", body="Hello"),
         call("sms.composer/action_send_sms", "$0"), needs="sms.composer"),
    road("sms", "composer, mass, at once",
         create("sms.composer", composition_mode="mass", res_model="res.partner",
                res_ids="[@{client}]", body="Hello", mass_force_send=True,
                mass_keep_log=False),
         call("sms.composer/action_send_sms_mass_now", "$0"), needs="sms.composer"),
    # -------------------------------------------------------------- send primitives
    road("primitives", "a queued mail sent at once",
         call("mail.mail/send_after_commit", "@mail_waiting")),
    road("primitives", "mail server of choice",
         call("ir.mail_server/send_email", smtp_server="smtp.outside.example",
              smtp_user="me", smtp_password="secret",
              message={"From": "a@inside.example", "To": "@client_email",
                       "Subject": "Hello", "Message-Id": "<1@x>"})),
    road("primitives", "incoming mail made up",
         call("mail.thread/message_process", model="res.partner",
              message="@incoming")),
]

# Shut by Odoo itself for an ordinary employee; they must stay shut for an agent.
DOORS = [
    road("door", "mail.mail created", create(
        "mail.mail", email_to="@client_email", subject="Hello", body_html="Hello")),
    road("door", "mail.mail sent", call("mail.mail/send", "@mail_waiting")),
    road("door", "mail.mail set to outgoing",
         write("mail.mail", "@mail_cancelled", state="outgoing")),
]
