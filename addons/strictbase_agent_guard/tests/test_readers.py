# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
"""What an agent wrote, with the eyes of a portal user, of whoever has the link, of a
guest and of a visitor. Each look is proved by a colleague's words, which it does show.
"""

import json

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common_http import GuardHttpCase

WORDS = "agent-words-42"
COLLEAGUES = "colleague-words-42"
COMMENT = {"message_type": "comment", "subtype_xmlid": "mail.mt_comment"}


class ReaderCase(GuardHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal.password = "portal-Password-1"

    def setUp(self):
        super().setUp()
        if "project.task" not in self.env:
            self.skipTest("project not installed")
        self.task = self.env["project.task"].browse(self.at["task"])
        self._follow_silently(self.task)
        self.task.access_token = "known-link-0123456789"
        self.env.flush_all()

    def _follow_silently(self, record):
        """Nobody is sent anything: the portal user reads, as a follower may."""
        record.message_unsubscribe(self.client.ids)
        record.message_subscribe(self.portal.partner_id.ids)
        record.message_follower_ids.filtered(
            lambda follower: follower.partner_id == self.portal.partner_id
        ).subtype_ids = False

    def post(self, who, record=None, words=None, **values):
        record = record or self.task
        words = words or (WORDS if who.startswith("agent") else COLLEAGUES)
        answer = self.rpc(
            who,
            f"{record._name}/message_post",
            record.id,
            **{"body": words, **COMMENT, **values},
        )
        self.assertTrue(answer.ok, answer.text)
        self.env.invalidate_all()
        return self.env["mail.message"].browse(answer.body)

    # ------------------------------------------------------------------
    # eyes
    # ------------------------------------------------------------------
    def ask(self, url, **params):
        return self.url_open(
            url,
            data=json.dumps({"params": params}),
            headers={"Content-Type": "application/json"},
        ).text

    def looks(self, record=None):
        """All that people outside are told about this record, by who looks."""
        record = record or self.task
        thread = {"thread_model": record._name, "thread_id": record.id}
        token = record.access_token
        self.authenticate(None, None)
        yield "link", self.ask("/mail/chatter_fetch", **thread, token=token)
        yield "visitor", self.ask("/mail/chatter_fetch", **thread)
        self.authenticate(self.portal.login, "portal-Password-1")
        yield "portal page", self.ask("/mail/chatter_fetch", **thread)
        yield (
            "portal thread",
            self.ask("/mail/thread/messages", **thread, fetch_params={"limit": 30}),
        )
        for method, args in (
            ("search_read", [[["model", "=", record._name]], ["body", "subject"]]),
            ("search_read", [[["res_id", "=", record.id]], ["preview"]]),
        ):
            yield f"portal {method} {args}", self.call("mail.message", method, args)
        ids = self.env["mail.message"].search(
            [("model", "=", record._name), ("res_id", "=", record.id)]
        )
        for message in ids:
            answer = self.call("mail.message", "read", [message.ids, ["body"]])
            yield f"portal read {message.id}", answer
        self.authenticate(None, None)

    def call(self, model, method, args):
        return self.ask(
            f"/web/dataset/call_kw/{model}/{method}",
            model=model,
            method=method,
            args=args,
            kwargs={},
        )

    def seen(self, words, record=None):
        return {who for who, text in self.looks(record) if words in text}


@tagged("post_install", "-at_install")
class TestReaders(ReaderCase):
    def test_a_comment_is_hidden_until_it_is_approved(self):
        self.post("human")
        self.assertLessEqual(
            {"link", "portal page", "portal thread"}, self.seen(COLLEAGUES)
        )
        message = self.post("agent")
        self.assertTrue(message.agent_unapproved)
        self.assertFalse(self.seen(WORDS))
        for who in ("human", "agent"):
            answer = self.rpc(who, "mail.message/read", message.id, fields=["body"])
            self.assertIn(WORDS, answer.text)
        answer = self.rpc("approver", "mail.message/action_show_outside", message.id)
        self.assertTrue(answer.ok, answer.text)
        self.env.invalidate_all()
        self.assertFalse(message.agent_unapproved)
        self.assertLessEqual({"link", "portal page", "portal thread"}, self.seen(WORDS))
        line = self.env["strictbase.agent.egress"].search([], limit=1)
        self.assertEqual(line.target_id, message.id)
        self.assertEqual(line.agent_user_id, self.users["agent"])
        self.assertEqual(line.approver_user_id, self.users["approver"])

    def test_nobody_else_shows_it(self):
        message = self.post("agent")
        for who, status in (("human", 403), ("agent", 422)):
            answer = self.rpc(who, "mail.message/action_show_outside", message.id)
            self.assertEqual(answer.status, status, answer.text)
            answer = self.rpc(
                who, "mail.message/write", message.id, vals={"agent_unapproved": False}
            )
            self.assertEqual(answer.status, 403, answer.text)
        self.env.invalidate_all()
        self.assertTrue(message.agent_unapproved)
        answer = self.rpc(
            "agent",
            "project.task/message_post",
            self.task.id,
            body=WORDS,
            context={"default_agent_unapproved": False},
            **COMMENT,
        )
        self.assertTrue(answer.ok, answer.text)
        self.assertFalse(self.seen(WORDS))

    def test_with_a_token_of_an_approver(self):
        # a message that is hidden asks for nothing, so no request waits for it
        unbound = "strictbase_agent_guard.unbound_tokens"
        self.env["ir.config_parameter"].set_param(unbound, "1")
        for method, ids, values in (
            ("message_post", self.task.ids, {"body": WORDS, **COMMENT}),
            ("action_show_outside", None, {}),
        ):
            with self.subTest(method), self.apart():
                model = "project.task"
                if ids is None:
                    model, ids = "mail.message", self.post("agent").ids
                answer = self.rpc(
                    "approver",
                    "strictbase.agent.confirmation/issue_token",
                    model_name=model,
                    method_name=method,
                    record_ids=ids,
                )
                context = {"agent_confirmation_token": answer.body}
                answer = self.rpc(
                    "agent", f"{model}/{method}", ids, context=context, **values
                )
                self.assertTrue(answer.ok, answer.text)
                self.assertIn("link", self.seen(WORDS))

    def test_who_becomes_a_reader_later(self):
        """By a follower, a customer, a collaborator, a privacy, whoever makes it."""
        task = self.env["project.task"].browse(self.at["task_internal"])
        task.access_token = "known-link-9876543210"
        self.post("agent", task)
        self.post("human", task)
        task.project_id.privacy_visibility = "portal"
        task.project_id.partner_id = self.portal.partner_id
        task.partner_id = self.portal.partner_id
        self._follow_silently(task)
        self.env.flush_all()
        self.assertIn("portal page", self.seen(COLLEAGUES, task))
        self.assertFalse(self.seen(WORDS, task))

    def test_changed_words(self):
        """Of its own message after the approval, and of a colleague's."""
        approved = self.post("agent", words="fine")
        self.rpc("approver", "mail.message/action_show_outside", approved.id)
        self.assertIn("link", self.seen("fine"))
        note = self.post("human", subtype_xmlid="mail.mt_note")
        self.assertFalse(self.seen(COLLEAGUES))
        comment = self.env.ref("mail.mt_comment").id
        for message, values in (
            (approved, {"body": f"<p>{WORDS}</p>"}),
            (note, {"subtype_id": comment, "is_internal": False}),
            (note, {"body": f"<p>{WORDS}</p>"}),
        ):
            answer = self.rpc("agent", "mail.message/write", message.id, vals=values)
            self.assertTrue(answer.ok, answer.text)
            self.assertFalse(self.seen(WORDS))
            self.assertFalse(self.seen(COLLEAGUES))

    def test_files(self):
        for who in ("human", "agent"):
            answer = self.rpc(
                who,
                "ir.attachment/create",
                vals_list=[
                    {
                        "name": "file.txt",
                        "raw": "words-of-a-file",
                        "res_model": "project.task",
                        "res_id": self.task.id,
                    }
                ],
            )
            self.assertTrue(answer.ok, answer.text)
            file = self.env["ir.attachment"].browse(answer.body)
            file.generate_access_token()
            self.env.flush_all()
            raw_token = file._get_raw_access_token()
            expected = who == "human"
            self.authenticate(None, None)
            for url in (
                f"/web/content/{file.id}?access_token={file.access_token}",
                f"/web/content/{file.id}?access_token={raw_token}",
                f"/web/image/{file.id}?access_token={file.access_token}",
            ):
                content = self.url_open(url).content
                self.assertEqual(b"words-of-a-file" in content, expected, url)
            if who == "agent":
                file.copy().generate_access_token()
                copied = self.env["ir.attachment"].search([], limit=1)
                url = f"/web/content/{copied.id}?access_token={copied.access_token}"
                self.assertEqual(copied.raw, b"words-of-a-file")
                self.assertNotIn(b"words-of-a-file", self.url_open(url).content)
            # a person who shows a file has seen it
            self.post("human", attachment_ids=file.ids)
            self.assertIn("file.txt", dict(self.looks())["link"])
            url = f"/web/content/{file.id}?access_token={file.access_token}"
            self.authenticate(None, None)
            self.assertIn(b"words-of-a-file", self.url_open(url).content)

    def test_a_file_below_its_message(self):
        answer = self.rpc(
            "agent",
            "ir.attachment/create",
            vals_list=[
                {
                    "name": "file.txt",
                    "raw": "words",
                    "res_model": "project.task",
                    "res_id": self.task.id,
                }
            ],
        )
        message = self.post("agent", attachment_ids=answer.body)
        self.assertFalse(self.seen("file.txt"))
        self.rpc("approver", "mail.message/action_show_outside", message.id)
        self.assertIn("link", self.seen("file.txt"))

    def test_a_reaction(self):
        message = self.post("human")
        for who in ("human", "agent"):
            user = self.users[who]
            reaction = self.env["mail.message.reaction"].with_user(user).sudo()
            reaction.create(
                {
                    "message_id": message.id,
                    "partner_id": user.partner_id.id,
                    "content": f"from-{who}",
                }
            )
            self.env.flush_all()
            self.assertEqual("link" in self.seen(f"from-{who}"), who == "human")

    def test_a_customers_own_message_still_shows(self):
        """Also where its parent is an agent's."""
        parent = self.post("agent")
        self.authenticate(self.portal.login, "portal-Password-1")
        text = self.ask(
            "/mail/message/post",
            thread_model="project.task",
            thread_id=self.task.id,
            post_data={"body": "from-the-customer", **COMMENT},
        )
        self.assertIn("from-the-customer", text)
        self.env.invalidate_all()
        reply = self.env["mail.message"].search([("body", "like", "from-the-cust")])
        reply.parent_id = parent
        self.env.flush_all()
        self.assertIn("link", self.seen("from-the-customer"))
        self.assertFalse(self.seen(WORDS))

    def test_odoos_own_code_for_a_visitor(self):
        """A row that sudo has at hand comes without its words."""
        message = self.post("agent")
        public = self.env.ref("base.public_user")
        as_public = message.with_user(public)
        with self.assertRaises(AccessError):
            as_public.read(["body"])
        self.env.invalidate_all()
        self.assertFalse(as_public.sudo().body)
        self.assertFalse(as_public.sudo().search([("id", "=", message.id)]))
        self.env.invalidate_all()
        self.assertIn(WORDS, message.body)


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
