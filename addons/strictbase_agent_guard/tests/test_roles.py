# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Who may be an agent, and what agents cannot change."""

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import MODULE, ConfirmationCase


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
