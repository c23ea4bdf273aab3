# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Which links are known as a client's, and whose rules hold for the caller."""

from unittest.mock import patch

from odoo.tests import tagged

from ..tools.client_secrets import is_secret, without_links
from .common_approval import ApprovalCase
from .test_client_secrets import PLANTED


@tagged("post_install", "-at_install")
class TestLinks(ApprovalCase):
    def test_which_links(self):
        for text in (
            "/my/orders/5?access_token={}",
            "/my/orders/5?x=1&amp;access_token={}&amp;y=2",
            "https://a.example/mail/view?model=a&res_id=1&access_token={}#b",
            "/web/login?redirect=%2Fmy%3Faccess_token%3D{}%26x",
            "/mail/view?pid=3&hash={}",
            '<a href="/web/reset_password?db=x&amp;token={}">x</a>',
            "/calendar/meeting/accept?token={}&id=1",
            "/calendar/join_videocall/{}",
            "/rate/{}/5",
            "/chat/12/{}",
        ):
            self.assertEqual(without_links(text.format(PLANTED)), text.format("hidden"))
        for text in (
            f'<img src="/web/image/12?access_token={PLANTED}">',
            f"/web/content/12?download=1&access_token={PLANTED}",
            "https://elsewhere.example/s/0123456789?a=b",
            "token=0123456789 is no link",
            "",
        ):
            self.assertEqual(without_links(text), text)

    def test_conversations_in_reports(self):
        """A view of many tells what one is known by, and a page to unsubscribe what a
        text message is."""
        for model, name, hidden in (
            ("im_livechat.report.channel", "uuid", True),
            ("mailing.trace", "sms_code", True),
            ("pos.order", "uuid", False),
            ("discuss.channel.member", "uuid", False),
            ("mailing.trace", "trace_status", False),
        ):
            self.assertEqual(is_secret(model, name), hidden, (model, name))
        if "im_livechat.report.channel" not in self.env:
            self.skipTest("im_livechat not installed")
        for who, there in (("human", True), ("agent", False)):
            report = self.env["im_livechat.report.channel"].with_user(self.users[who])
            self.assertEqual("uuid" in report.fields_get(), there)


@tagged("post_install", "-at_install")
class TestMadeBehind(ApprovalCase):
    """An agent by a statement in the database, of which no cache has heard."""

    def test_agent_of_another_process(self):
        self.assertTrue(self.rpc("human", "res.users/context_get").ok)
        self.cr.execute(
            "INSERT INTO res_groups_users_rel (gid, uid) VALUES (%s, %s)",
            [
                self.env.ref("strictbase_agent_guard.group_agent").id,
                self.users["human"].id,
            ],
        )
        self.wire.clear()
        answer = self.post("human")
        self.assertTrue(answer.confirmation_required, answer.text)
        self.assertFalse(self.wire.letters)
        status = self.rpc("human", "strictbase.agent.confirmation/guard_status")
        self.assertTrue(status.body["is_agent"])

    def test_nothing_is_cleared_without_need(self):
        self.assertTrue(self.rpc("agent", "res.users/context_get").ok)
        with patch.object(self.registry, "clear_cache") as cleared:
            self.assertTrue(self.rpc("agent", "res.users/context_get").ok)
        cleared.assert_not_called()


@tagged("post_install", "-at_install")
class TestReadersOwnContext(ApprovalCase):
    def test_companies_of_the_caller(self):
        """Who can read is not judged with the companies that the caller names."""
        company = self.env["res.company"].create({"name": "Second company"})
        agent = self.users["agent"]
        agent.company_ids += company
        channel = self.env["discuss.channel"].create(
            {"name": "Public", "channel_type": "channel", "group_public_id": False}
        )
        channel.add_members(agent.partner_id.ids)
        companies = [agent.company_id.id, company.id]
        for context in (None, {"allowed_company_ids": companies}):
            answer = self.rpc(
                "agent",
                "discuss.channel/message_post",
                channel.id,
                context=context,
                body="Hello",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
            self.assertTrue(answer.confirmation_required, answer.text)
