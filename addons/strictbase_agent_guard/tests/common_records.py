# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
"""Users with the rights of an employee, and records that a client can see.

``cls.at`` holds what the tables name with ``@``, ``cls.given`` what a road finds
prepared, ``cls.visible`` the records whose page a client can open. Each
``_make_for_<model>`` is called when that model is installed.
"""

import base64
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from odoo import Command
from odoo.tools import SQL

from .common_wire import PDF

MODULE = "strictbase_agent_guard"

# The rights of an ordinary employee; groups of modules not installed are left out.
ORDINARY = (
    "base.group_user",
    "base.group_partner_manager",
    "project.group_project_user",
    "hr_timesheet.group_hr_timesheet_user",
    "sales_team.group_sale_salesman",
    "account.group_account_invoice",
)
# What a road outside those applications needs.
WIDE = ORDINARY + (
    "project.group_project_manager",
    "project.group_project_stages",
    "purchase.group_purchase_user",
    "event.group_event_user",
    "survey.group_survey_user",
    "mass_mailing.group_mass_mailing_user",
    "hr_recruitment.group_hr_recruitment_user",
    "im_livechat.im_livechat_group_user",
    "stock.group_stock_user",
    "sales_team.group_sale_manager",
    "website_slides.group_website_slides_officer",
)


class Records:
    # ------------------------------------------------------------------
    # users
    # ------------------------------------------------------------------

    @classmethod
    def _groups(cls, xmlids):
        found = [cls.env.ref(xmlid, raise_if_not_found=False) for xmlid in xmlids]
        return [Command.set([group.id for group in found if group])]

    @classmethod
    def _make_user(cls, login, groups, **values):
        return cls.env["res.users"].create(
            {
                "name": login.replace("_", " ").capitalize(),
                "login": login,
                "email": f"{login}@inside.example",
                "group_ids": cls._groups(groups),
                **values,
            }
        )

    @classmethod
    def _make_users(cls):
        agents = (f"{MODULE}.group_agent",)
        cls.users = {
            "agent": cls._make_user("guarded_agent", ORDINARY + agents),
            "agent_wide": cls._make_user("guarded_agent_wide", WIDE + agents),
            "human": cls._make_user("employee", ORDINARY),
            "human_wide": cls._make_user("employee_wide", WIDE),
            "colleague": cls._make_user("colleague", ORDINARY),
            "inbox": cls._make_user(
                "inbox_colleague", ORDINARY, notification_type="inbox"
            ),
            "approver": cls._make_user(
                "approver",
                ORDINARY + (f"{MODULE}.group_agent_confirmation_approver",),
            ),
        }
        cls.client = cls.env["res.partner"].create(
            {
                "name": "Client",
                "email": "client@outside.example",
                "phone": "+32470123456",
                "street": "Main street 1",
                "city": "Brussels",
                "zip": "1000",
                "country_id": cls.env.ref("base.be").id,
            }
        )
        cls.portal = cls._make_user(
            "portal_client",
            ("base.group_portal",),
            email="portal@outside.example",
        )
        cls.portal.partner_id.phone = "+32470123457"
        cls.keys = {}
        expiry = datetime.now() + timedelta(hours=12)
        for name in ("agent", "agent_wide", "human", "human_wide", "approver"):
            user = cls.users[name]
            keys = cls.env(user=user.id)["res.users.apikeys"].sudo()
            cls.keys[name] = keys._generate("rpc", "test", expiry)

    # ------------------------------------------------------------------
    # records
    # ------------------------------------------------------------------

    @classmethod
    def _make_records(cls):
        """``cls.at`` holds what the tables name with ``@``."""
        env, client = cls.env, cls.client
        colleague = cls.users["colleague"]
        cls.at = {
            "client": client.id,
            "client_email": client.email,
            "client_phone": client.phone,
            "portal_user": cls.portal.id,
            "portal_partner": cls.portal.partner_id.id,
            "portal_email": cls.portal.email,
            "portal_login": cls.portal.login,
            "colleague": colleague.id,
            "colleague_partner": colleague.partner_id.id,
            "inbox": cls.users["inbox"].id,
            "inbox_partner": cls.users["inbox"].partner_id.id,
            "company": env.company.id,
            "colleague_email": colleague.email,
            "now": f"{datetime.now():%Y-%m-%d %H:%M:%S}",
            "later": f"{datetime.now() + timedelta(hours=2):%Y-%m-%d %H:%M:%S}",
        }
        cls.given = {}  # what a road finds prepared: a statement and its id
        cls.visible = {}  # model -> ids of records whose page a client can open
        contacts = env["res.partner"].create(
            [{"name": "Followed contact"}, {"name": "Quiet contact"}]
        )
        contacts[0].message_subscribe(partner_ids=client.ids)
        contacts[1].message_subscribe(partner_ids=colleague.partner_id.ids)
        cls.at.update(file=contacts[0].id, quiet=contacts[1].id)
        cls.at["note"] = (
            contacts[1].message_post(body="A note", subtype_xmlid="mail.mt_note").id
        )
        cls.at["template"] = (
            env["mail.template"]
            .create(
                {
                    "name": "To the contact",
                    "model_id": env["ir.model"]._get_id("res.partner"),
                    "subject": "Hello",
                    "body_html": "<p>Hello</p>",
                    "use_default_to": False,
                    "partner_to": str(client.id),
                    "auto_delete": False,
                }
            )
            .id
        )
        env["ir.model.data"].create(
            {
                "module": "guard_roads",
                "name": "template",
                "model": "mail.template",
                "res_id": cls.at["template"],
            }
        )
        cls.at["model_partner"] = env["ir.model"]._get_id("res.partner")
        cls.at["country"] = env.ref("base.be").id
        mails = env["mail.mail"].create(
            [
                {"subject": "Hello", "email_to": client.email, "body_html": "Hello"}
                for _index in range(2)
            ]
        )
        cls.at.update(mail_waiting=mails[0].id, mail_cancelled=mails[1].id)
        cls._make_waiting()
        cls.at["incoming"] = (
            "From: colleague@inside.example\nTo: file@inside.example\n"
            "Subject: Hello\nMessage-Id: <made-up@inside.example>\n\nHello"
        )
        cls._make_discuss()
        for module in sorted(n for n in dir(cls) if n.startswith("_make_for_")):
            model = module.removeprefix("_make_for_").replace("__", ".")
            if model in env:
                getattr(cls, module)()

    @classmethod
    def _make_waiting(cls):
        """What a colleague has prepared for a client and an agent could touch."""
        env = cls.env(user=cls.users["colleague"].id)
        quiet = cls.at["quiet"]
        files = env["ir.attachment"].create(
            [
                {
                    "name": f"{name}.txt",
                    "raw": b"Ours",
                    "res_model": "res.partner",
                    "res_id": quiet,
                }
                for name in ("waiting", "scheduled")
            ]
        )
        mail = (
            env["mail.mail"]
            .sudo()
            .create(
                {
                    "subject": "From a colleague",
                    "body_html": "<p>Hello</p>",
                    "recipient_ids": [Command.set(cls.client.ids)],
                    "model": "res.partner",
                    "res_id": quiet,
                    "attachment_ids": [Command.set(files[0].ids)],
                    "state": "cancel",
                }
            )
        )
        scheduled = env["mail.scheduled.message"].create(
            {
                "model": "res.partner",
                "res_id": quiet,
                "body": "Hello",
                "author_id": env.user.partner_id.id,
                "scheduled_date": "2099-01-01 00:00:00",
                "partner_ids": [Command.set(cls.client.ids)],
                "attachment_ids": [Command.set(files[1].ids)],
            }
        )
        cls.at.update(
            waiting_message=mail.mail_message_id.id,
            waiting_file=files[0].id,
            scheduled_file=files[1].id,
        )
        cls.given["waiting"] = (
            "UPDATE mail_mail SET state = 'outgoing' WHERE id = %s",
            mail.id,
        )
        cls.given["scheduled"] = (
            """UPDATE mail_scheduled_message
                  SET scheduled_date = now() at time zone 'utc' + interval '2 hours'
                WHERE id = %s""",
            scheduled.id,
        )

    @classmethod
    def _make_for_gamification__badge(cls):
        badge = cls.env["gamification.badge"].create({"name": "Well done"})
        cls.at["badge"] = badge.id

    @classmethod
    def _make_discuss(cls):
        env = cls.env
        colleague, inbox = cls.users["colleague"], cls.users["inbox"]
        guest = env["mail.guest"].create({"name": "Visitor"})
        channels = env["discuss.channel"].create(
            [
                {"name": "Internal", "channel_type": "channel"},
                {"name": "With a visitor", "channel_type": "channel"},
                {"name": "With a client", "channel_type": "channel"},
                {"name": "Some of us", "channel_type": "group"},
            ]
        )
        staff = (colleague | inbox).partner_id.ids + [
            user.partner_id.id
            for name, user in cls.users.items()
            if name.startswith(("agent", "human"))
        ]
        for channel in channels:
            channel._add_members(partners=env["res.partner"].browse(staff))
        channels[1]._add_members(guests=guest)
        channels[2]._add_members(partners=cls.portal.partner_id)
        cls.at.update(
            channel=channels[0].id,
            channel_guest=channels[1].id,
            channel_client=channels[2].id,
            group=channels[3].id,
            guest=guest.id,
        )

    @classmethod
    def _make_for_mail__push__device(cls):
        key = ec.generate_private_key(ec.SECP256R1()).public_key()
        point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        cls.at["push_keys"] = {
            "p256dh": base64.urlsafe_b64encode(point).decode().rstrip("="),
            "auth": base64.urlsafe_b64encode(b"0" * 16).decode().rstrip("="),
        }
        cls.env["mail.push.device"].get_web_push_vapid_public_key()

    @classmethod
    def _make_for_im_livechat__channel(cls):
        operator = cls.users["human_wide"]
        livechat = cls.env["im_livechat.channel"].create({"name": "Website chat"})
        channel = cls.env["discuss.channel"].create(
            {
                "name": "Visitor",
                "channel_type": "livechat",
                "livechat_channel_id": livechat.id,
                "livechat_operator_id": operator.partner_id.id,
            }
        )
        staff = [cls.users[name].partner_id.id for name in ("human_wide", "agent_wide")]
        channel._add_members(
            partners=cls.env["res.partner"].browse(staff),
            guests=cls.env["mail.guest"].browse(cls.at["guest"]),
        )
        cls.at["livechat"] = channel.id

    @classmethod
    def _make_for_base__automation(cls):
        """Server actions, run by hand or by writing a color on a contact."""
        env = cls.env
        model, field = cls.at["model_partner"], env.ref("base.field_res_partner__color")
        kinds = {
            "mail": {
                "state": "mail_post",
                "template_id": cls.at["template"],
                "mail_post_method": "email",
            },
            "comment": {
                "state": "mail_post",
                "template_id": cls.at["template"],
                "mail_post_method": "comment",
            },
            "webhook": {"state": "webhook", "webhook_url": "https://hook.example/x"},
            "code": {
                "state": "code",
                "code": "record.message_post(body='x', subtype_xmlid='mail.mt_comment'"
                f", partner_ids=[{cls.client.id}])",
            },
        }
        if "sms.template" in env:
            sms = env["sms.template"].create(
                {"name": "Text", "model_id": model, "body": "Hello"}
            )
            kinds["sms"] = {"state": "sms", "sms_template_id": sms.id}
        for color, (kind, values) in enumerate(kinds.items(), 101):
            by_hand, automatic = env["ir.actions.server"].create(
                [{"name": kind, "model_id": model, **values}] * 2
            )
            automation = env["base.automation"].create(
                {
                    "name": kind,
                    "model_id": model,
                    "trigger": "on_create_or_write",
                    "trigger_field_ids": [Command.set(field.ids)],
                    "filter_domain": f"[('color', '=', {color})]",
                    "action_server_ids": [Command.set(automatic.ids)],
                }
            )
            cls.at[f"action_{kind}"] = by_hand.id
            cls.at[f"color_{kind}"] = color
            cls.at[f"rule_{kind}"] = automation.id
        if "crm.lead" in env:
            model = env["ir.model"]._get_id("crm.lead")
            action = env["ir.actions.server"].create(
                {
                    "name": "due",
                    "model_id": model,
                    "state": "code",
                    "code": "record.message_post(body='x', "
                    "partner_ids=record.partner_id.ids)",
                }
            )
            env["base.automation"].create(
                {
                    "name": "due",
                    "model_id": model,
                    "trigger": "on_time",
                    "trg_date_id": env.ref("crm.field_crm_lead__date_deadline").id,
                    "trg_date_range": 1,
                    "trg_date_range_type": "hour",
                    "trg_date_range_mode": "after",
                    "filter_domain": "[('name', '=', 'Lead')]",
                    "action_server_ids": [Command.set(action.ids)],
                }
            )
        cls.addClassCleanup(env["base.automation"]._unregister_hook)

    @classmethod
    def _make_for_event__event(cls):
        env = cls.env
        # the others would mail their own people when the cron runs
        env["event.mail"].search([]).unlink()
        template = env.ref("event.event_subscription").id
        scheduler = {"interval_nbr": 0, "interval_unit": "now"}
        events = env["event.event"].create(
            [
                {
                    "name": name,
                    "date_begin": datetime.now().replace(microsecond=0)
                    + timedelta(days=5),
                    "date_end": datetime.now().replace(microsecond=0)
                    + timedelta(days=6),
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
                    "date_end": datetime.now().replace(microsecond=0)
                    + timedelta(days=91),
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
                    "partner_id": cls.client.id,
                    "name": "Client",
                    "email": cls.client.email,
                }
                for event in (late, due)
            ]
        )
        cls.at.update(
            event_late=late.id,
            event_mail_late=late.event_mail_ids.id,
            event_mail_due=due.event_mail_ids.id,
        )
        cls.given["event_due"] = (
            """UPDATE event_mail
                  SET scheduled_date = now() at time zone 'utc' - interval '1 hour'
                WHERE id = %s""",
            due.event_mail_ids.id,
        )
        events.message_unsubscribe(events.message_partner_ids.ids)
        registration = env["event.registration"].create(
            {
                "event_id": events[1].id,
                "partner_id": cls.client.id,
                "name": "Client",
                "email": cls.client.email,
            }
        )
        cls.at.update(
            open_event=events[0].id,
            silent_event=events[1].id,
            registration=registration.id,
            event_template=f"mail.template,{template}",
        )

    @classmethod
    def _make_for_survey__survey(cls):
        survey = cls.env["survey.survey"].create(
            {
                "title": "Questions",
                "access_mode": "public",
                "user_id": False,
                "question_and_page_ids": [
                    Command.create({"title": "Well?", "question_type": "text_box"})
                ],
            }
        )
        cls.at["survey"] = survey.id

    @classmethod
    def _make_for_mailing__mailing(cls):
        mailings = cls.env["mailing.mailing"].create(
            [
                {
                    "subject": "News",
                    "body_html": "<p>News</p>",
                    "mailing_model_id": cls.at["model_partner"],
                    "mailing_domain": f"[('id', '=', {cls.client.id})]",
                    "user_id": cls.users["colleague"].id,
                    **values,
                }
                for values in (
                    {},
                    {"mailing_domain": "[('id', '=', 0)]"},
                    {},
                )
            ]
        )
        cls.at.update(
            mailing=mailings[0].id,
            mailing_queued=mailings[1].id,
            mailing_queued_client=mailings[2].id,
        )
        for name, mailing in (("mailing", mailings[1]), ("news", mailings[2])):
            cls.given[name] = (
                "UPDATE mailing_mailing SET state = 'in_queue' WHERE id = %s",
                mailing.id,
            )

    @classmethod
    def _make_for_hr__applicant(cls):
        env = cls.env
        template = env["mail.template"].create(
            {
                "name": "Applicant",
                "model_id": env["ir.model"]._get_id("hr.applicant"),
                "subject": "Your application",
                "body_html": "<p>Thank you</p>",
                "use_default_to": False,
                "partner_to": "{{ object.partner_id.id }}",
            }
        )
        stage = env["hr.recruitment.stage"].create(
            {"name": "Invited", "template_id": template.id, "sequence": 99}
        )
        quiet = env["hr.recruitment.stage"].create({"name": "Read", "sequence": 98})
        job = env["hr.job"].create({"name": "Job"})
        person = env["res.partner"].create(
            {"name": "Applicant", "email": "applicant@outside.example"}
        )
        applicant = env["hr.applicant"].create(
            {
                "partner_id": person.id,
                "partner_name": "Applicant",
                "email_from": "applicant@outside.example",
                "job_id": job.id,
            }
        )
        reason = env["hr.applicant.refuse.reason"].search([], limit=1)
        reason.template_id = template
        cls.at.update(
            applicant=applicant.id,
            applicant_stage=stage.id,
            applicant_quiet_stage=quiet.id,
            applicant_template=template.id,
            refuse_reason=reason.id,
            job=job.id,
        )

    @classmethod
    def _make_for_purchase__order(cls):
        env = cls.env
        product = env["product.product"].create({"name": "Part", "type": "consu"})
        orders = env["purchase.order"].create(
            [
                {
                    "partner_id": cls.client.id,
                    "date_planned": datetime.now() + timedelta(days=3),
                    "order_line": [
                        Command.create({"product_id": product.id, "price_unit": 5})
                    ],
                }
                for _index in range(2)
            ]
        )
        orders[1].button_confirm()
        orders[1].receipt_reminder_email = False
        orders.message_unsubscribe(orders.message_partner_ids.ids)
        cls.visible["purchase.order"] = orders.ids
        cls.at.update(rfq=orders[0].id, purchase=orders[1].id, part=product.id)

    @classmethod
    def _make_for_mail__group(cls):
        group = cls.env["mail.group"].create(
            {
                "name": "Subscribers",
                "access_mode": "public",
                "alias_name": "guard-roads-subscribers",
                "member_ids": [Command.create({"email": cls.client.email})],
            }
        )
        cls.at["mail_group"] = group.id

    @classmethod
    def _make_for_loyalty__card(cls):
        env = cls.env
        template = env["mail.template"].create(
            {
                "name": "Your card",
                "model_id": env["ir.model"]._get_id("loyalty.card"),
                "subject": "Your card",
                "body_html": "<p>Here</p>",
                "use_default_to": False,
                "partner_to": "{{ object.partner_id.id }}",
            }
        )
        program = env["loyalty.program"].create(
            {
                "name": "Coupons",
                "program_type": "coupons",
                "communication_plan_ids": [
                    Command.clear(),
                    Command.create(
                        {"trigger": "create", "mail_template_id": template.id}
                    ),
                ],
            }
        )
        cls.at["program"] = program.id

    @classmethod
    def _make_for_slide__channel(cls):
        course = cls.env["slide.channel"].create(
            {
                "name": "Course",
                "is_published": True,
                "enroll": "public",
                "visibility": "public",
                "user_id": cls.users["colleague"].id,
            }
        )
        for name in ("human_wide", "agent_wide"):
            cls.users[name]._add_karma(10000)
            course._action_add_members(cls.users[name].partner_id)
        cls.visible["slide.channel"] = course.ids
        cls.at["course"] = course.id

    @classmethod
    def _make_for_mailing__sms__test(cls):
        mailing = cls.env["mailing.mailing"].create(
            {
                "subject": "Text",
                "mailing_type": "sms",
                "body_plaintext": "Hello",
                "mailing_model_id": cls.at["model_partner"],
                "mailing_domain": f"[('id', '=', {cls.client.id})]",
                "user_id": cls.users["colleague"].id,
            }
        )
        cls.at["mailing_sms"] = mailing.id

    @classmethod
    def _make_for_product__template(cls):
        if "email_template_id" in cls.env["product.template"]._fields:
            product = cls.env["product.product"].create(
                {"name": "Licence", "email_template_id": cls.at["template_invoice"]}
            )
            cls.at["product_mails"] = product.id

    @classmethod
    def _make_for_snailmail__letter(cls):
        if "invoice" not in cls.at:
            return
        file = cls.env["ir.attachment"].create(
            {
                "name": "letter.pdf",
                "raw": PDF,
                "res_model": "account.move",
                "res_id": cls.at["invoice"],
            }
        )
        letter = cls.env["snailmail.letter"].create(
            {
                "partner_id": cls.client.id,
                "model": "account.move",
                "res_id": cls.at["invoice"],
                "company_id": cls.at["company"],
                "attachment_id": file.id,
            }
        )
        cls.at["letter_file"] = file.id
        cls.given["letter"] = (
            "UPDATE snailmail_letter SET state = 'pending' WHERE id = %s",
            letter.id,
        )

    @classmethod
    def _make_for_stock__picking(cls):
        env = cls.env
        env.company.stock_move_email_validation = True
        if "has_received_warning_stock_sms" in env.company._fields:
            env.company.has_received_warning_stock_sms = True
        product = env["product.product"].create(
            {"name": "Box", "type": "consu", "is_storable": False}
        )
        kind = env["stock.picking.type"].search(
            [("code", "=", "outgoing"), ("company_id", "=", env.company.id)], limit=1
        )
        picking = env["stock.picking"].create(
            {
                "partner_id": cls.client.id,
                "picking_type_id": kind.id,
                "location_id": kind.default_location_src_id.id,
                "location_dest_id": kind.default_location_dest_id.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": 1,
                            "location_id": kind.default_location_src_id.id,
                            "location_dest_id": kind.default_location_dest_id.id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        picking.move_ids.quantity = 1
        picking.move_ids.picked = True
        picking.message_unsubscribe(picking.message_partner_ids.ids)
        cls.at["picking"] = picking.id

    @classmethod
    def _make_for_calendar__event(cls):
        start = datetime.now().replace(microsecond=0) + timedelta(days=2)
        stop = start + timedelta(hours=1)
        events = (
            cls.env["calendar.event"]
            .with_context(dont_notify=True, no_mail_to_attendees=True)
            .create(
                [
                    {
                        "name": name,
                        "start": start,
                        "stop": stop,
                        "user_id": cls.users["colleague"].id,
                        "partner_ids": [Command.set(partners)],
                    }
                    for name, partners in (
                        ("With a client", [cls.at["colleague_partner"], cls.client.id]),
                        ("Internal", [cls.at["colleague_partner"]]),
                    )
                ]
            )
        )
        soon = datetime.now().replace(microsecond=0) + timedelta(minutes=61)
        silent = cls.env["calendar.alarm"].create(
            {
                "name": "Silent",
                "alarm_type": "notification",
                "duration": 3,
                "interval": "hours",
            }
        )
        loud = cls.env.ref("calendar.alarm_mail_1")
        reminders = (
            cls.env["calendar.event"]
            .with_context(dont_notify=True, no_mail_to_attendees=True)
            .create(
                [
                    {
                        "name": alarm.name,
                        "start": soon,
                        "stop": soon + timedelta(hours=1),
                        "user_id": cls.users["colleague"].id,
                        "partner_ids": [Command.set(partners)],
                        "alarm_ids": [Command.set(alarm.ids)],
                    }
                    for alarm, partners in (
                        (loud, [cls.at["colleague_partner"]]),
                        (silent, [cls.at["colleague_partner"], cls.client.id]),
                    )
                ]
            )
        )
        cls.at.update(event_reminds=reminders[0].id, alarm_silent=silent.id)
        cls.at.update(
            event=events[0].id,
            event_internal=events[1].id,
            start=str(start),
            stop=str(stop),
            start_soon=str(
                datetime.now().replace(microsecond=0) + timedelta(minutes=61)
            ),
            stop_soon=str(
                datetime.now().replace(microsecond=0) + timedelta(minutes=90)
            ),
            start_later=str(start + timedelta(days=1)),
            stop_later=str(stop + timedelta(days=1)),
        )

    @classmethod
    def _make_for_crm__lead(cls):
        lead = cls.env["crm.lead"].create(
            {
                "name": "Lead",
                "type": "opportunity",
                "partner_id": cls.client.id,
                "user_id": False,
            }
        )
        lead.message_subscribe(partner_ids=cls.client.ids)
        quiet = cls.env["crm.lead"].create({"name": "Quiet lead", "user_id": False})
        quiet.message_subscribe(partner_ids=[cls.at["colleague_partner"]])
        cls.at.update(lead=lead.id, lead_quiet=quiet.id)

    @classmethod
    def _make_for_project__task(cls):
        env = cls.env
        template = env["mail.template"].create(
            {
                "name": "Stage reached",
                "model_id": env["ir.model"]._get_id("project.task"),
                "subject": "Progress",
                "body_html": "<p>Progress</p>",
                "use_default_to": False,
                "partner_to": "{{ object.partner_id.id }}",
            }
        )
        stages = env["project.task.type"].create(
            [
                {"name": "New"},
                {"name": "Working"},
                {"name": "Tell the client", "mail_template_id": template.id},
                {
                    "name": "Ask the client",
                    "rating_active": True,
                    "rating_status": "stage",
                    "rating_template_id": env.ref(
                        "project.rating_project_request_email_template"
                    ).id,
                },
                {
                    "name": "Ask the client again",
                    "rating_active": True,
                    "rating_status": "periodic",
                    "rating_status_period": "daily",
                    "rating_template_id": env.ref(
                        "project.rating_project_request_email_template"
                    ).id,
                },
            ]
        )
        if "sms_template_id" in env["project.task.type"]._fields:
            sms = env["sms.template"].create(
                {
                    "name": "Text",
                    "model_id": env["ir.model"]._get_id("project.task"),
                    "body": "Hello",
                }
            )
            texts = {"name": "Text the client", "sms_template_id": sms.id}
            stages += env["project.task.type"].create(texts)
            cls.at["stage_texts"] = stages[5].id
        env.flush_all()
        cls.cr.execute(
            "UPDATE project_task_type SET rating_request_deadline = "
            "now() at time zone 'utc' - interval '1 day' WHERE id = %s",
            [stages[4].id],
        )
        projects = env["project.project"].create(
            [
                {
                    "name": "Shared project",
                    "privacy_visibility": "portal",
                    "partner_id": cls.client.id,
                    "type_ids": [Command.set(stages.ids)],
                },
                {
                    "name": "Internal project",
                    "privacy_visibility": "employees",
                    "type_ids": [Command.set(stages.ids)],
                },
            ]
        )
        rated = env["project.project"].create(
            {"name": "Rated project", "type_ids": [Command.set(stages[3].ids)]}
        )
        env["project.task"].create(
            {
                "name": "Rated",
                "project_id": rated.id,
                "stage_id": stages[3].id,
                "partner_id": cls.client.id,
            }
        )
        cls.at["project_rated"] = rated.id
        project_template = template.copy(
            {
                "model_id": env["ir.model"]._get_id("project.project"),
                "partner_to": "{{ object.partner_id.id }}",
            }
        )
        project_stage = env["project.project.stage"].create(
            {"name": "Delivered", "mail_template_id": project_template.id}
        )
        tasks = env["project.task"].create(
            [
                {
                    "name": "Shared task",
                    "project_id": projects[0].id,
                    "partner_id": cls.client.id,
                    "stage_id": stages[0].id,
                },
                {
                    "name": "Internal task",
                    "project_id": projects[1].id,
                    "stage_id": stages[0].id,
                },
            ]
        )
        tasks[0].message_subscribe(partner_ids=cls.client.ids)
        tasks[1].message_unsubscribe(tasks[1].message_partner_ids.ids)
        tasks[1].message_subscribe(partner_ids=[cls.at["colleague_partner"]])
        cls.visible["project.task"] = tasks[0].ids
        portal = cls.portal.partner_id
        projects[0].write(
            {"collaborator_ids": [Command.create({"partner_id": portal.id})]}
        )
        tasks[0].message_subscribe(partner_ids=portal.ids)
        cls.at["model_task"] = env["ir.model"]._get_id("project.task")
        cls.at["rating_token"] = tasks[0]._rating_get_access_token(cls.client)
        cls.at.update(
            project=projects[0].id,
            project_internal=projects[1].id,
            task=tasks[0].id,
            task_internal=tasks[1].id,
            stage=stages[0].id,
            stage_working=stages[1].id,
            stage_tells=stages[2].id,
            stage_rates=stages[3].id,
            stage_rates_weekly=stages[4].id,
            project_stage=project_stage.id,
        )

    @classmethod
    def _make_for_hr__employee(cls):
        cls.env["hr.employee"].create(
            [
                {"name": user.name, "user_id": user.id}
                for name, user in cls.users.items()
                if name.startswith(("agent", "human"))
            ]
        )

    @classmethod
    def _make_for_sale__order(cls):
        product = cls.env["product.product"].create(
            {"name": "Service", "type": "service", "list_price": 10}
        )
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.client.id,
                "user_id": False,
                "order_line": [Command.create({"product_id": product.id})],
            }
        )
        order.message_unsubscribe(order.message_partner_ids.ids)
        cls.visible["sale.order"] = order.ids
        env = cls.env(user=cls.users["colleague"].id)
        file = env["ir.attachment"].create(
            {
                "name": "published.txt",
                "raw": b"Ours",
                "res_model": "sale.order",
                "res_id": order.id,
            }
        )
        published = (
            env["sale.order"]
            .browse(order.id)
            .message_post(
                body="Ours",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                attachment_ids=file.ids,
            )
        )
        order.message_unsubscribe(order.message_partner_ids.ids)
        cls.at.update(published=published.id, published_file=file.id)
        if "payment.transaction" in cls.env:
            transaction = cls.env["payment.transaction"].create(
                {
                    "provider_id": cls.env.ref("payment.payment_provider_transfer").id,
                    "payment_method_id": cls.env.ref(
                        "payment.payment_method_unknown"
                    ).id,
                    "reference": "guarded",
                    "amount": order.amount_total,
                    "currency_id": order.currency_id.id,
                    "partner_id": cls.client.id,
                    "sale_order_ids": [Command.set(order.ids)],
                }
            )
            cls.at["transaction"] = transaction.id
        template = cls.env.ref("sale.email_template_edi_sale")
        cls.at.update(order=order.id, product=product.id, quotation_mail=template.id)

    @classmethod
    def _make_for_account__move(cls):
        invoices = cls.env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": cls.client.id,
                    "invoice_date": "2026-01-01",
                    "invoice_user_id": False,
                    "invoice_line_ids": [
                        Command.create({"name": "Work", "price_unit": price})
                    ],
                }
                for price in (100, 200)
            ]
        )
        invoices.action_post()
        cls.env.company.paperformat_id = cls.env.ref("base.paperformat_euro")
        cls.at["pdf"] = (
            cls.env["ir.attachment"]
            .create(
                {
                    "name": "invoice.pdf",
                    "raw": PDF,
                    "res_model": "account.move",
                    "res_id": invoices[0].id,
                }
            )
            .id
        )
        invoices.message_unsubscribe(invoices.message_partner_ids.ids)
        cls.visible["account.move"] = invoices.ids
        template = cls.env.ref("account.email_template_edi_invoice")
        cls.at.update(
            invoice=invoices[0].id,
            invoice_2=invoices[1].id,
            template_invoice=template.id,
        )

    @classmethod
    def _empty_the_queues(cls):
        """Nothing that was there before may be mistaken for something sent."""
        cls.env.flush_all()
        for table in ("mail_mail", "sms_sms", "snailmail_letter"):
            if cls._has(table):
                state = "canceled" if table != "mail_mail" else "cancel"
                cls.cr.execute(
                    SQL("UPDATE %s SET state = %s", SQL.identifier(table), state)
                )
        cls.cr.execute("DELETE FROM mail_message_schedule")
        cls.cr.execute(
            "DELETE FROM mail_scheduled_message WHERE scheduled_date < '2099-01-01'"
        )
        # one that waits for a day far away
        cls.cr.execute(
            "UPDATE mail_mail SET state = 'outgoing', scheduled_date = '2099-01-01' "
            "WHERE id = %s",
            [cls.at["mail_waiting"]],
        )
        cls.env.invalidate_all()

    @classmethod
    def _has(cls, table, column=None):
        cls.cr.execute(
            "SELECT 1 FROM information_schema.columns WHERE table_schema = "
            "current_schema AND table_name = %s AND column_name = coalesce(%s, 'id')",
            [table, column],
        )
        return bool(cls.cr.rowcount)
