# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
"""Users with the rights of an employee, and records that a client can see.

``cls.at`` holds what the tables name with ``@``, ``cls.given`` what a road finds
prepared, ``cls.visible`` the records whose page a client can open. Those of each
application are made by ``records/<application>.py``.
"""

from datetime import datetime, timedelta

from odoo import Command
from odoo.tools import SQL

from .records.registry import make_all

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
    "event.group_event_manager",
    "survey.group_survey_user",
    "mass_mailing.group_mass_mailing_user",
    "hr_recruitment.group_hr_recruitment_user",
    "im_livechat.im_livechat_group_user",
    "stock.group_stock_user",
    "sales_team.group_sale_manager",
    "website_slides.group_website_slides_officer",
    "product.group_product_manager",
    "lunch.group_lunch_manager",
)


class Records:
    #: Models of which the tests need the records that are kept ready; None is all.
    records_of = None

    # ------------------------------------------------------------------
    # users
    # ------------------------------------------------------------------

    @classmethod
    def _groups(cls, xmlids):
        found = [cls.env.ref(xmlid, raise_if_not_found=False) for xmlid in xmlids]
        return [Command.set([group.id for group in found if group])]

    @classmethod
    def _user_values(cls, login, groups, **values):
        return {
            "name": login.replace("_", " ").capitalize(),
            "login": login,
            "email": f"{login}@inside.example",
            "group_ids": cls._groups(groups),
            **values,
        }

    @classmethod
    def _make_users(cls):
        agents = (f"{MODULE}.group_agent",)
        approvers = (f"{MODULE}.group_agent_confirmation_approver",)
        named = {
            "agent": ("guarded_agent", ORDINARY + agents),
            "agent_wide": ("guarded_agent_wide", WIDE + agents),
            "human": ("employee", ORDINARY),
            "human_wide": ("employee_wide", WIDE),
            "colleague": ("colleague", ORDINARY),
            "inbox": ("inbox_colleague", ORDINARY),
            "approver": ("approver", ORDINARY + approvers),
        }
        values = [cls._user_values(*given) for given in named.values()]
        portal = {"email": "portal@outside.example"}
        values.append(
            cls._user_values("portal_client", ("base.group_portal",), **portal)
        )
        # all at once: most of what making a user costs is then paid once
        *users, cls.portal = cls.env["res.users"].create(values)
        cls.users = dict(zip(named, users, strict=True))
        cls.users["inbox"].notification_type = "inbox"
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
        make_all(cls)

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
