# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
"""The eyes of a portal user and of whoever has the link, on a task and its messages."""

import json

from .common_http import GuardHttpCase

WORDS = "agent-words-42"
COLLEAGUES = "colleague-words-42"
COMMENT = {"message_type": "comment", "subtype_xmlid": "mail.mt_comment"}


class ReaderCase(GuardHttpCase):
    records_of = ("im_livechat.channel", "project.task")

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
