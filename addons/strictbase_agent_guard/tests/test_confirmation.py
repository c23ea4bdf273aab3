# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The token: who issues it, who uses it, for what, how long, how often."""

from datetime import timedelta
from importlib.machinery import SourceFileLoader

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import file_path, mute_logger

from .common import MODULE, ConfirmationCase


@tagged("post_install", "-at_install")
class TestToken(ConfirmationCase):
    def test_two_identities(self):
        token = self.issue()
        message = self.post(token=token)
        self.assertIn(self.client, message.partner_ids)
        row = self.confirmations.search([], limit=1)
        self.assertEqual(row.user_id, self.approver)
        self.assertEqual(row.agent_user_id, self.agent)
        self.assertTrue(row.used)

    def test_refused_without_token(self):
        text = self.assertHeld(self.post)
        self.assertIn("client@outside.example", text)
        self.assertIn(f"\ncall: res.partner.message_post {self.document.ids}", text)

    def test_one_use(self):
        token = self.issue()
        self.post(token=token)
        self.assertHeld(self.post, token=token, fault="already used")

    def test_issuer_is_never_the_user(self):
        token = self.issue()
        self.assertHeld(
            self.post,
            user=self.approver,
            token=token,
            record=self.document.with_context(agent_mode=True),
            fault="issued by the user",
        )
        self.post(token=token)

    def test_bound_to_the_agent_named(self):
        token = self.issue(agent_user_id=self.agent.id)
        self.assertHeld(
            self.post, user=self.other_agent, token=token, fault="issued for another"
        )
        self.post(token=token)

    def test_bound_to_the_first_agent(self):
        token = self.issue()
        self.post(token=token)
        self.assertHeld(self.post, user=self.other_agent, token=token)

    def test_scope_model_method_records(self):
        for scope in (
            ("res.partner", "message_post", self.client.ids),
            ("res.partner", "message_notify", self.document.ids),
            ("res.users", "message_post", self.document.ids),
            ("res.partner", "message_post", (self.document + self.client).ids),
            ("res.partner", "message_post", []),
        ):
            token = self.issue(*scope)
            self.assertHeld(self.post, token=token, fault="issued for another call")

    def test_order_and_duplicates_do_not_matter(self):
        ids = self.document.ids
        token = self.issue("res.partner", "message_post", ids + ids)
        self.post(token=token)
        Confirmation = self.confirmations
        self.assertEqual(
            Confirmation._entry("m", "f", [3, 1, 3]),
            Confirmation._entry("m", "f", [1, 3]),
        )

    def test_unknown_token(self):
        self.assertHeld(self.post, token="made-up", fault="unknown")

    def test_expired(self):
        token = self.issue(ttl_seconds=60)
        row = self.confirmations.search([], limit=1)
        row.expires_at = fields.Datetime.now() - timedelta(seconds=1)
        row.flush_recordset()
        self.assertHeld(self.post, token=token, fault="expired")

    def test_an_hour_at_most(self):
        self.issue(ttl_seconds=10**9)
        row = self.confirmations.search([], limit=1)
        limit = fields.Datetime.now() + timedelta(seconds=3601)
        self.assertLess(row.expires_at, limit)
        self.issue()
        row = self.confirmations.search([], limit=1)
        self.assertLess(row.expires_at, fields.Datetime.now() + timedelta(seconds=601))

    def test_only_the_digest_is_kept(self):
        token = self.issue()
        self.env.cr.execute(
            "SELECT c::text FROM strictbase_agent_confirmation c "
            "ORDER BY id DESC LIMIT 1"
        )
        (text,) = self.env.cr.fetchone()
        self.assertNotIn(token, text)
        self.assertIn(self.confirmations._digest(token), text)

    def test_only_approvers_issue(self):
        for user in (
            self.agent,
            self.colleague,
            self.auditor,
            self.env.ref("base.user_admin"),
        ):
            with self.assertRaises(AccessError):
                self.issue(user=user)

    def test_agent_mode_of_the_caller_does_not_stop_an_approver(self):
        self.confirmations.with_user(self.approver).with_context(
            agent_mode=True
        ).issue_token("res.partner", "message_post")

    def test_not_for_oneself_an_approver_or_an_administrator(self):
        second = self._user(
            "token_second", f"{MODULE}.group_agent_confirmation_approver"
        )
        for user in (self.approver, second, self.env.ref("base.user_admin")):
            with self.assertRaises(UserError):
                self.issue(agent_user_id=user.id)

    def test_issuer_who_is_no_approver_any_more(self):
        token = self.issue()
        self.approver.group_ids -= self.env.ref(
            f"{MODULE}.group_agent_confirmation_approver"
        )
        self.assertHeld(self.post, token=token, fault="approver")

    def test_nothing_is_burnt_for_nothing(self):
        """A note, a comment to a colleague and a refusal leave the token alone."""
        token = self.issue()
        self.post(token=token, partner_ids=[], subtype_xmlid="mail.mt_note")
        self.post(token=token, partner_ids=self.colleague.partner_id.ids)
        self.assertHeld(self.post, token=token, record=self.client)
        row = self.confirmations.search([], limit=1)
        self.assertEqual(row.state, "approved")
        self.post(token=token)

    def test_context_cannot_make_a_grant(self):
        for context in (
            {"agent_mode": False},
            {"agent_mode": None, "agent_guard": False, "sudo": True},
            {"agent_confirmation_token": True},
            {"agent_confirmation_token": {"grant": 1}},
            {"agent_confirmation_token": ["x"]},
            {"install_mode": True, "tracking_disable": True},
        ):
            self.assertHeld(self.post, record=self.document.with_context(**context))

    def test_token_does_not_stay_in_the_context(self):
        token = self.issue()
        message = self.post(token=token)
        self.assertNotIn(token, str(message.env.context))

    def test_agent_mode_only_adds_strictness(self):
        self.post(user=self.colleague)
        record = self.document.with_context(agent_mode=True)
        self.assertHeld(self.post, user=self.colleague, record=record)
        token = self.issue()
        self.post(user=self.colleague, record=record, token=token)

    def test_sudo_and_other_users_are_still_the_agent(self):
        def by_sudo():
            self.document.with_user(self.agent).sudo().message_post(
                body="Hello", partner_ids=self.client.ids
            )

        self.assertHeld(by_sudo)


@tagged("post_install", "-at_install")
class TestRoles(ConfirmationCase):
    def test_agent_cannot_be_approver_or_administrator(self):
        for xmlid in (
            f"{MODULE}.group_agent_confirmation_approver",
            "base.group_system",
            "base.group_erp_manager",
        ):
            group = self.env.ref(xmlid)
            with self.subTest(xmlid, by="user"), self.assertRaises(ValidationError):
                self.agent.group_ids += group
            with self.subTest(xmlid, by="group"), self.assertRaises(ValidationError):
                group.user_ids += self.agent
            with self.subTest(xmlid, by="implied"), self.assertRaises(ValidationError):
                self.env["res.groups"].create(
                    {
                        "name": "Sly",
                        "implied_ids": [Command.set(group.ids)],
                        "user_ids": [Command.set(self.agent.ids)],
                    }
                )

    def test_agent_by_an_implied_group(self):
        group = self.env["res.groups"].create(
            {
                "name": "Our robots",
                "implied_ids": [Command.link(self.env.ref(f"{MODULE}.group_agent").id)],
            }
        )
        self.post(user=self.colleague)
        self.colleague.group_ids += group
        self.assertHeld(self.post, user=self.colleague)
        self.colleague.group_ids -= group
        self.post(user=self.colleague)
        group.user_ids += self.colleague
        self.assertHeld(self.post, user=self.colleague)

    def test_checked_again_at_use(self):
        """A role that slipped in by SQL is noticed when the token is used."""
        token = self.issue()
        self.env.cr.execute(
            "INSERT INTO res_groups_users_rel (uid, gid) VALUES (%s, %s)",
            (self.agent.id, self.env.ref("base.group_system").id),
        )
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        self.assertHeld(self.post, token=token, fault="agent is approver")

    def test_agent_cannot_move_addresses(self):
        agent = self.agent.with_user(self.agent)
        for values in (
            {"email": "client@outside.example"},
            {"notification_type": "inbox"},
            {"signature": "<p>x</p>"},
            {"password": "another-Password1"},
        ):
            with self.assertRaises(AccessError):
                agent.write(values)
        agent.write({"tz": "Europe/Brussels"})
        for user in (self.agent, self.colleague):
            with self.assertRaises(AccessError):
                user.partner_id.with_user(self.agent).write(
                    {"email": "x@outside.example"}
                )
        self.client.with_user(self.agent).write({"email": "new@outside.example"})

    def test_agent_cannot_write_configuration(self):
        for model in (
            "ir.default",
            "mail.template",
            "mail.alias",
            "ir.config_parameter",
        ):
            records = self.env[model].with_user(self.agent)
            for operation in ("create", "write", "unlink"):
                self.assertFalse(records.has_access(operation), (model, operation))
        self.assertTrue(
            self.env["ir.default"].with_user(self.colleague).has_access("create")
        )
        with self.assertRaises(AccessError):
            self.env["ir.default"].with_user(self.agent).set(
                "mail.mail", "email_cc", "client@outside.example", user_id=True
            )


@tagged("post_install", "-at_install")
class TestAudit(ConfirmationCase):
    def test_who_what_when_by_which_channel(self):
        token = self.issue(agent_user_id=self.agent.id)
        self.post(
            token=token,
            record=self.document.with_context(agent_channel="codex"),
            subject="An offer",
        )
        row = self.env["strictbase.agent.egress"].search([], limit=1)
        self.assertEqual(row.agent_user_id, self.agent)
        self.assertEqual(row.approver_user_id, self.approver)
        self.assertEqual(row.agent_channel, "codex")
        self.assertEqual(row.channel, "e-mail")
        self.assertIn("client@outside.example", row.recipients_text)
        self.assertEqual((row.model, row.res_id), ("res.partner", self.document.id))
        self.assertEqual(row.subject, "An offer")
        self.assertEqual(row.entry, f"res.partner.message_post {self.document.ids}")

    def test_nothing_secret(self):
        token = self.issue()
        self.post(token=token)
        self.env.cr.execute(
            "SELECT string_agg(e::text, '') FROM strictbase_agent_egress e"
        )
        (text,) = self.env.cr.fetchone()
        self.assertNotIn(token, text)
        self.assertNotIn(self.confirmations._digest(token), text)

    def test_cannot_be_changed(self):
        self.post(token=self.issue())
        row = self.env["strictbase.agent.egress"].search([], limit=1)
        for user in (self.env.ref("base.user_admin"), self.env.user):
            with self.assertRaises(AccessError):
                row.with_user(user).write({"subject": "x"})
            with self.assertRaises(AccessError):
                row.with_user(user).unlink()

    def test_agents_read_their_own(self):
        self.post(token=self.issue())
        Egress = self.env["strictbase.agent.egress"]
        self.assertTrue(Egress.with_user(self.agent).search([]))
        self.assertFalse(Egress.with_user(self.other_agent).search([]))
        self.assertTrue(Egress.with_user(self.approver).search([]))
        self.assertTrue(Egress.with_user(self.auditor).search([]))
        with self.assertRaises(AccessError):
            Egress.with_user(self.colleague).search([])
        Confirmation = self.confirmations
        self.assertFalse(Confirmation.with_user(self.other_agent).search([]))
        row = Confirmation.with_user(self.approver).search([], limit=1)
        with self.assertRaises(AccessError):
            row.read(["token_digest"])
        for user in (self.agent, self.approver):
            with self.assertRaises(AccessError):
                row.with_user(user).write({"state": "approved"})

    @mute_logger("odoo.models.unlink")
    def test_kept_for_the_audit_period(self):
        self.post(token=self.issue())
        self.issue()
        Egress = self.env["strictbase.agent.egress"]
        before = (self.confirmations.search_count([]), Egress.search_count([]))
        self.env.cr.execute(
            "UPDATE strictbase_agent_confirmation SET create_date = create_date - "
            "interval '89 days', expires_at = expires_at - interval '89 days', "
            "used_at = used_at - interval '89 days'"
        )
        self.confirmations._gc_after_the_audit_period()
        self.assertEqual(
            (self.confirmations.search_count([]), Egress.search_count([])), before
        )
        self.env["ir.config_parameter"].set_param(f"{MODULE}.audit_days", "30")
        self.confirmations._gc_after_the_audit_period()
        self.assertFalse(self.confirmations.search_count([]))
        self.assertTrue(Egress.search_count([]))


@tagged("post_install", "-at_install")
class TestMigration(ConfirmationCase):
    def test_tables_of_the_published_module(self):
        """Used tokens stay as a record; none of the others stays valid."""
        cr = self.env.cr
        cr.execute(
            "ALTER TABLE strictbase_agent_confirmation "
            "ADD COLUMN used boolean, ALTER COLUMN state DROP NOT NULL"
        )
        values = (self.approver.id, "res.partner", "message_post", "[1]")
        for digest, used in (("old-1", True), ("old-2", False)):
            cr.execute(
                "INSERT INTO strictbase_agent_confirmation (token_digest, used, "
                "user_id, requested_model, requested_method, requested_ids_json, "
                "expires_at) VALUES (%s, %s, %s, %s, %s, %s, now() + '1 hour')",
                (digest, used, *values),
            )
        path = file_path(f"{MODULE}/migrations/19.0.2.0.0/pre-migration.py")
        script = SourceFileLoader("guard_pre_migration", path).load_module()
        script.migrate(cr, "19.0.1.0.1")
        cr.execute(
            "SELECT token_digest, state FROM strictbase_agent_confirmation "
            "WHERE token_digest LIKE 'old-%' ORDER BY 1"
        )
        self.assertEqual(cr.fetchall(), [("old-1", "done"), ("old-2", "rejected")])


@tagged("post_install", "-at_install")
class TestPublished(ConfirmationCase):
    """What people outside can read without being sent anything."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(
            cls.env,
            login="token_portal",
            groups="base.group_portal",
            email="portal@outside.example",
        )
        cls.channel = cls.env["discuss.channel"].create(
            {"name": "With a client", "channel_type": "group"}
        )
        cls.channel._add_members(
            partners=(cls.portal | cls.agent | cls.colleague).partner_id
        )
        cls.message = cls.channel.message_post(body="Hello", message_type="comment")
        cls.guard_channel = cls.channel.with_user(cls.agent)

    def test_reaction(self):
        self.assertHeld(
            self.env["mail.message.reaction"].with_user(self.agent).sudo().create,
            {
                "message_id": self.message.id,
                "partner_id": self.agent.partner_id.id,
                "content": "+1",
            },
        )

    def test_attachment_of_a_message(self):
        attachment = self.env["ir.attachment"].create({"name": "x.txt", "raw": b"1"})
        self.message.attachment_ids = attachment
        file = attachment.with_user(self.agent).sudo()
        self.assertHeld(file.write, {"raw": b"2"})
        loose = self.env["ir.attachment"].create({"name": "y.txt", "raw": b"1"})
        loose.with_user(self.agent).sudo().write({"raw": b"2"})

    def test_editing_a_message(self):
        message = self.message.with_user(self.agent).sudo()
        self.assertHeld(message.write, {"body": "Changed"})

    def test_client_invited_to_a_conversation(self):
        channel = self.env["discuss.channel"].create(
            {"name": "Colleagues", "channel_type": "group"}
        )
        channel._add_members(partners=(self.agent | self.colleague).partner_id)
        channel.with_user(self.agent).message_post(body="x", message_type="comment")
        self.assertHeld(
            channel.with_user(self.agent).sudo()._add_members,
            partners=self.portal.partner_id,
        )

    def test_switched_off_altogether(self):
        self.env["ir.config_parameter"].set_param(f"{MODULE}.shut", "1")
        token = self.issue()
        self.assertHeld(self.post, token=token, fault="an administrator")
        self.env["ir.config_parameter"].set_param(f"{MODULE}.shut", False)
        self.post(token=token)


@tagged("post_install", "-at_install")
class TestOverhead(ConfirmationCase):
    def test_nobody_pays_for_it(self):
        """Without an agent in the call: no query, whether agents exist or not."""
        guard = self.env["strictbase.agent.guard"]
        as_colleague = guard.with_user(self.colleague)
        as_colleague._actor()
        for agents in (self.agent | self.other_agent, self.env["res.users"]):
            with self.subTest(len(agents)):
                if not agents:
                    group = self.env.ref(f"{MODULE}.group_agent")
                    group.user_ids = [Command.clear()]
                as_colleague._actor()
                with self.assertQueryCount(0):
                    for _index in range(10):
                        self.assertIsNone(as_colleague._actor())
                        self.assertIsNone(guard._actor())

    def test_a_message_costs_what_it_costs(self):
        def queries(function):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            function()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        def note():
            self.document.with_user(self.colleague).message_post(body="x")

        note()
        note()
        with_agents = queries(note)
        self.env.ref(f"{MODULE}.group_agent").user_ids = [Command.clear()]
        note()
        note()
        self.assertEqual(with_agents, queries(note))
