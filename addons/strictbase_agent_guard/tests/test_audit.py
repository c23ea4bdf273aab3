# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What is kept, for how long and for whom; tables of the published module."""

from importlib.machinery import SourceFileLoader

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import file_path, mute_logger

from .common import MODULE, ConfirmationCase


@tagged("post_install", "-at_install")
class TestAudit(ConfirmationCase):
    def test_who_what_when_by_which_channel(self):
        token = self.issue(agent_user_id=self.agent.id)
        self.post(
            token=token,
            record=self.document.with_context(agent_channel="shell"),
            subject="An offer",
        )
        row = self.env["strictbase.agent.egress"].search([], limit=1)
        self.assertEqual(row.agent_user_id, self.agent)
        self.assertEqual(row.approver_user_id, self.approver)
        self.assertEqual(row.agent_channel, "shell")
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
