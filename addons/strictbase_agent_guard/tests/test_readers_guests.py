# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
"""What an agent wrote, with the eyes of a guest, and what looking costs."""

from odoo.tests import tagged

from .common_readers import COLLEAGUES, COMMENT, WORDS, ReaderCase


@tagged("post_install", "-at_install")
class TestGuests(ReaderCase):
    def ask_as_guest(self, url, **params):
        guest = self.env["mail.guest"].browse(self.at["guest"])
        self.authenticate(None, None)
        self.opener.cookies[guest._cookie_name] = guest._format_auth_cookie()
        try:
            return self.ask(url, **params)
        finally:
            self.opener.cookies.clear()

    def test_a_guest_invited_later(self):
        channel = self.env["discuss.channel"].browse(self.at["group"])
        for who in ("agent", "human"):
            self.post(who, channel)
        colleague = channel.with_user(self.users["colleague"])
        colleague._add_members(guests=self.env["mail.guest"].browse(self.at["guest"]))
        self.env.flush_all()
        text = self.ask_as_guest("/discuss/channel/messages", channel_id=channel.id)
        self.assertIn(COLLEAGUES, text)
        self.assertNotIn(WORDS, text)

    def test_below_a_conversation_with_a_client(self):
        group = self.env["discuss.channel"].create(
            {"name": "With a client", "channel_type": "group"}
        )
        group._add_members(partners=(self.users["agent"] | self.portal).partner_id)
        answer = self.rpc(
            "agent",
            "discuss.channel/create",
            vals_list=[
                {
                    "name": "Below",
                    "channel_type": "group",
                    "parent_channel_id": group.id,
                }
            ],
        )
        if answer.ok:
            answer = self.rpc(
                "agent", "discuss.channel/message_post", answer.body, body=WORDS
            )
        self.assertTrue(answer.confirmation_required, answer.text)


@tagged("post_install", "-at_install")
class TestReadersCost(ReaderCase):
    def queries(self, function):
        function()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        function()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_a_hundred_commented_tasks(self):
        """One field of all of them, whatever the number of portal users."""
        portal_users = self.env["res.users"].create(
            [
                {
                    "name": f"Portal {index}",
                    "login": f"portal_{index}",
                    "parent_id": self.client.id,
                    "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)],
                }
                for index in range(60)
            ]
        )
        tasks = self.env["project.task"].create(
            [
                {
                    "name": f"Task {index}",
                    "project_id": self.at["project"],
                    "partner_id": self.client.id,
                }
                for index in range(100)
            ]
        )
        self.assertEqual(len(portal_users), 60)
        agent = self.users["agent"]
        for task in tasks.with_user(agent):
            task.message_post(body=WORDS, **COMMENT)
        cost = {}
        for who in ("human", "agent"):
            of_user = tasks.with_user(self.users[who])
            levels = iter("101010")
            cost[who] = self.queries(
                lambda of_user=of_user, levels=levels: of_user.write(
                    {"priority": next(levels)}
                )
            )
        self.assertLessEqual(cost["agent"], 40, cost)

    def test_people_pay_nothing(self):
        """Whether somebody is outside is asked of no database."""
        guard = self.env["strictbase.agent.guard"].with_user(self.users["human"])
        guard._viewer_is_outside()
        with self.assertQueryCount(0):
            for _index in range(10):
                self.assertFalse(guard._viewer_is_outside())
