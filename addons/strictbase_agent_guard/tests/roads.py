# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
"""The roads by which a message leaves Odoo toward a client: data, no logic.

An entry names its area, what would leave, and the calls an ordinary employee makes
over JSON-2 to have it leave. ``@name`` stands for a record or value of the fixtures
(``common_records.py`` and ``records/``), ``@ref:module.name`` for an external id,
``@me`` for the caller, ``$0`` for what the first call returned, ``$0[0]`` for its
first id.

``needs``   models (or ``model:field``) without which the road does not exist
``queues``  crons that carry it, beyond those that always run
``given``   something that a colleague has prepared
``carries`` a text by which the caller's words are told from what a colleague sends
``hidden``  an agent may store it, and people outside do not see it
``wide``    the caller also has the user groups of the applications, beside Project,
            Timesheets, Sales, Invoicing and Contacts

The roads of an application that has a companion stand in the companion's tests.

``test_roads.py`` proves of each entry that it does reach a client when nobody guards
it, and that it does not when an agent tries it.
"""

from base64 import b64encode
from collections import namedtuple

Call = namedtuple("Call", "endpoint ids kwargs")
Road = namedtuple("Road", "area title calls needs queues wide carries given hidden")


def call(endpoint, ids=None, /, **kwargs):
    return Call(endpoint, ids, kwargs)


def road(
    area,
    title,
    *calls,
    needs=(),
    queues=(),
    wide=False,
    carries="",
    given="",
    hidden=False,
):
    needs = (needs,) if isinstance(needs, str) else tuple(needs)
    queues = (queues,) if isinstance(queues, str) else tuple(queues)
    return Road(
        area, title, calls, needs, queues, wide, carries, given, hidden
    )


WORDS = "agent-words-42"
FILE = b64encode(WORDS.encode()).decode()
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


AUTOMATIONS = (
    ("mail", "base.automation"),
    ("comment", "base.automation"),
    ("code", "base.automation"),
    ("webhook", "base.automation"),
    ("sms", ("base.automation", "sms.sms")),
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
    road("chatter", "autofollow by context, then a comment",
         post("@quiet", partner_ids=["@colleague_partner", "@portal_partner"],
              context={"mail_post_autofollow": True}),
         post("@quiet", subtype_xmlid=COMMENT)),
    road("chatter", "own address changed, own message notified",
         write("res.users", "@me", email="@client_email"),
         post("@quiet", partner_ids=["@my_partner"], notify_author=True)),
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
              source_ref="guard_roads.template")),
    road("chatter", "message_post_with_source",
         call("res.partner/message_post_with_source", "@file",
              source_ref="guard_roads.template", subtype_xmlid=NOTE)),
    road("chatter", "activity_send_mail",
         call("res.partner/activity_send_mail", "@file", template_id="@template")),
    road("chatter", "portal user made responsible",
         write("res.partner", "@quiet", user_id="@portal_user")),
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
                subject="Hello", body_html="<p>Hello</p>", email_to="@client_email",
                use_default_to=False),
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
         call("discuss.channel/invite_by_email", "@group",
              emails=["@client_email"])),
    road("discuss", "message in a channel with a visitor",
         post("@channel_guest", "discuss.channel", message_type="comment",
              subtype_xmlid=COMMENT)),
    road("discuss", "message in a channel with a client",
         post("@channel_client", "discuss.channel", message_type="comment",
              subtype_xmlid=COMMENT)),
    road("discuss", "group created with a client, then a message",
         create("discuss.channel", name="Group", channel_type="group",
                channel_member_ids=[[0, 0, {"partner_id": "@my_partner"}],
                                    [0, 0, {"partner_id": "@portal_partner"}]]),
         post("$0", "discuss.channel", message_type="comment",
              subtype_xmlid=COMMENT)),
    road("discuss", "client added to a channel, then a message",
         call("discuss.channel/add_members", "@channel",
              partner_ids=["@portal_partner"]),
         post("@channel", "discuss.channel", message_type="comment",
              subtype_xmlid=COMMENT)),
    # ------------------------------------------------------------------- portal
    road("portal", "access granted",
         create("portal.wizard", partner_ids=[[6, 0, ["@client"]]]),
         call("portal.wizard/read", "$0", fields=["user_ids"]),
         call("portal.wizard.user/search", domain=[["wizard_id", "in", "$0"]]),
         call("portal.wizard.user/action_grant_access", "$2"),
         needs="portal.wizard"),
    road("portal", "invited again",
         create("portal.wizard", partner_ids=[[6, 0, ["@portal_partner"]]]),
         call("portal.wizard/read", "$0", fields=["user_ids"]),
         call("portal.wizard.user/search", domain=[["wizard_id", "in", "$0"]]),
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
    # ------------------------------------------------------------------- orders
    road("orders", "delivery validated",
         call("stock.picking/button_validate", "@picking"),
         needs="stock.picking", wide=True),
    # ------------------------------------------------------------------- stages
    road("stages", "applicant moved to a stage with a template",
         write("hr.applicant", "@applicant", stage_id="@applicant_stage"),
         needs="hr.applicant", wide=True),
    # --------------------------------------------------------------- automation
    *(
        road("automation", f"server action run: {kind}",
             call("ir.actions.server/run", f"@action_{kind}",
                  context={"active_model": "res.partner", "active_id": "@client"}),
             needs=needs)
        for kind, needs in AUTOMATIONS
    ),
    *(
        road("automation", f"rule triggered by a plain write: {kind}",
             write("res.partner", "@client", color=f"@color_{kind}"), needs=needs)
        for kind, needs in AUTOMATIONS
    ),
    # ------------------------------------------------------------- applications
    road("applications", "survey invitation",
         create("survey.invite", survey_id="@survey", emails="@client_email",
                subject="Hello", body="Hello"),
         call("survey.invite/action_invite", "$0"),
         needs="survey.survey", wide=True),
    road("applications", "mail to applicants",
         create("applicant.send.mail", applicant_ids=[[6, 0, ["@applicant"]]],
                subject="Hello", body="Hello"),
         call("applicant.send.mail/action_send", "$0"),
         needs="hr.applicant", wide=True),
    road("applications", "applicant refused with a mail",
         create("applicant.get.refuse.reason", refuse_reason_id="@refuse_reason",
                applicant_ids=[[6, 0, ["@applicant"]]], send_mail=True,
                template_id="@applicant_template"),
         call("applicant.get.refuse.reason/action_refuse_reason_apply", "$0",
              context={"active_test": False}),
         needs="hr.applicant", wide=True),
    road("applications", "answer to a website visitor",
         post("@livechat", "discuss.channel", message_type="comment",
              subtype_xmlid=COMMENT),
         needs="im_livechat.channel", wide=True),
    # ----------------------------------------------------------------- settings
    road("settings", "copy of every mail by a personal default",
         call("ir.default/set", model_name="mail.mail", field_name="email_cc",
              value="@client_email", user_id=True),
         post("@quiet", partner_ids=["@colleague_partner"])),
    road("settings", "push endpoint of one's own",
         call("mail.push.device/get_web_push_vapid_public_key"),
         call("mail.push.device/register_devices", vapid_public_key="$0",
              endpoint="https://push.outside.example/x", keys="@push_keys"),
         post("@quiet", author_id="@colleague_partner", message_type="comment",
              partner_ids=["@my_partner"], notify_author=True),
         needs="mail.push.device"),
    # ------------------------------------------------- what a colleague has armed
    road("armed", "subject of a queued mail changed",
         write("mail.message", "@waiting_message", subject=WORDS),
         given="waiting", carries=WORDS),
    road("armed", "file of a queued mail replaced",
         write("ir.attachment", "@waiting_file", datas=FILE),
         given="waiting", carries=WORDS),
    road("armed", "file of a colleague's scheduled message replaced",
         write("ir.attachment", "@scheduled_file", datas=FILE),
         given="scheduled", carries=WORDS),
    # --------------------------------------------------------------------- more
    road("discuss", "channel with a client renamed",
         write("discuss.channel", "@channel_client", name=WORDS), carries=WORDS),
    road("discuss", "channel with a client described",
         call("discuss.channel/channel_change_description", "@channel_client",
              description=WORDS), carries=WORDS),
    road("applications", "badge given to a portal user",
         create("gamification.badge.user.wizard", badge_id="@badge",
                user_id="@portal_user", comment="Hello"),
         call("gamification.badge.user.wizard/action_grant_badge", "$0"),
         needs="gamification.badge"),
    road("applications", "applicant created, receipt confirmed",
         create("hr.applicant", partner_name="New", job_id="@job",
                email_from="new@outside.example", stage_id="@applicant_stage"),
         needs="hr.applicant", wide=True),
    road("applications", "coupons for a client",
         create("loyalty.generate.wizard", program_id="@program", mode="selected",
                customer_ids=[[6, 0, ["@client"]]], points_granted=1),
         call("loyalty.generate.wizard/generate_coupons", "$0"),
         needs=("loyalty.card", "sale.order"), wide=True),
    road("applications", "invitation to a course",
         create("slide.channel.invite", channel_id="@course", subject="Hello",
                body="Hello", send_email=True, enroll_mode=True,
                partner_ids=[[6, 0, ["@client"]]]),
         call("slide.channel.invite/action_invite", "$0"),
         needs="slide.channel", wide=True),
    road("applications", "comment on a published course",
         post("@course", "slide.channel", message_type="comment",
              subtype_xmlid=COMMENT), needs="slide.channel", wide=True, hidden=True),
    road("applications", "lead forwarded to a partner",
         create("crm.lead.forward.to.partner", forward_type="single",
                partner_id="@client", body="Hello",
                assignation_lines=[[0, 0, {"lead_id": "@lead"}]]),
         call("crm.lead.forward.to.partner/action_forward", "$0"),
         needs="crm.lead.forward.to.partner", wide=True),
    # -------------------------------------------------------------- send primitives
    road("primitives", "a queued mail sent at once",
         call("mail.mail/send_after_commit", "@mail_waiting")),
    road("primitives", "mail server of choice",
         call("ir.mail_server/send_email", smtp_server="smtp.outside.example",
              smtp_user="me", smtp_password="secret",
              message={"From": "a@inside.example", "To": "@client_email",
                       "Return-Path": False, "Cc": False, "Bcc": False,
                       "Subject": "Hello", "Message-Id": "<1@x>"})),
    road("primitives", "incoming mail made up",
         call("mail.thread/message_process", model="res.partner", thread_id="@file",
              message="@incoming")),
]

# Shut by Odoo itself for an ordinary employee; they must stay shut for an agent.
DOORS = [
    road("door", "mail.mail created", create(
        "mail.mail", email_to="@client_email", subject="Hello", body_html="Hello")),
    road("door", "mail.mail sent", call("mail.mail/send", "@mail_waiting")),
    road("door", "record created with a client as follower, then a comment",
         create("res.partner", name="New", message_follower_ids=[
             [0, 0, {"partner_id": "@client", "res_model": "res.partner"}]]),
         post("$0", subtype_xmlid=COMMENT)),
    road("door", "colleague's address changed, colleague mentioned",
         write("res.partner", "@colleague_partner", email="@client_email"),
         post("@quiet", partner_ids=["@colleague_partner"])),
    road("door", "password reset by login",
         call("res.users/reset_password", login="@portal_login"),
         needs="portal.wizard"),
    road("door", "colleague's number changed by a merge, then a text message",
         create("res.partner", name="Double", email="@colleague_email",
                phone="@client_phone"),
         create("base.partner.merge.automatic.wizard", state="selection",
                partner_ids=[[6, 0, ["@colleague_partner", "$0[0]"]]],
                dst_partner_id="$0[0]"),
         call("base.partner.merge.automatic.wizard/action_merge", "$1"),
         create("sms.composer", composition_mode="comment", res_model="res.partner",
                res_id="$0[0]", body="Hello"),
         call("sms.composer/action_send_sms", "$3"), needs="sms.composer"),
    road("door", "message to a mailing list",
         call("mail.group/message_post", "@mail_group", body="Hello",
              subject="Hello"), needs="mail.group"),
    road("door", "mail.mail set to outgoing",
         write("mail.mail", "@mail_cancelled", state="outgoing")),
]

# What somebody else carries out later: the agent's calls are answered, nothing leaves.
CARRIED = [
    road("carried", "record dated so that a rule by date is due",
         write("crm.lead", "@lead", date_deadline="2026-01-01"),
         needs=("crm.lead", "base.automation"),
         queues="base_automation.ir_cron_data_base_automation_check"),
]
