# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What people outside can read without being sent it; what it costs."""

from odoo import Command
from odoo.tests import new_test_user, tagged

from .common import MODULE, ConfirmationCase


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

    def test_opened_by_a_default_of_the_context(self):
        files = self.env["ir.attachment"].with_user(self.agent)
        values = {"name": "x.txt", "raw": b"1"}
        opened = files.with_context(default_public=True)
        self.assertHeld(opened.create, values)
        self.assertFalse(opened.create({**values, "public": False}).public)
        self.assertEqual(
            files.with_context(default_description="Ours").create(values).description,
            "Ours",
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
