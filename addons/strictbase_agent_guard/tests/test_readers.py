# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
"""What an agent wrote, with the eyes of a portal user, of whoever has the link, of a
guest and of a visitor. Each look is proved by a colleague's words, which it does show.
"""

import base64

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common_readers import COLLEAGUES, COMMENT, WORDS, ReaderCase

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    "AABJRU5ErkJggg=="
)


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

    def test_a_document_that_is_a_file(self):
        """A list of them has no broken one in it."""
        if "product.document" not in self.env:
            self.skipTest("product not installed")
        product = self.env["product.template"].create({"name": "x"})
        values = {"res_model": "product.template", "res_id": product.id, "raw": b"x"}
        documents = self.env["product.document"]
        ours = documents.create({"name": "ours", **values})
        theirs = (
            documents.with_user(self.users["agent"])
            .sudo()
            .create({"name": "theirs", **values})
        )
        self.env.flush_all()

        def seen(user):
            # the page of an order takes them with all rights
            pages = self.env(user=user.id, su=True)["product.template"]
            self.env.invalidate_all()
            return pages.browse(product.id).product_document_ids

        self.assertEqual(seen(self.portal), ours)
        self.assertEqual(seen(self.users["colleague"]), ours + theirs)
        theirs.ir_attachment_id.with_user(
            self.users["approver"]
        ).sudo().action_show_outside()
        self.assertEqual(seen(self.portal), ours + theirs)

    def test_a_file_that_calls_itself_a_value(self):
        """Whatever an agent says of a file, it has written it; also by a field."""
        image = base64.b64encode(PIXEL).decode()
        values = {"name": "file", "datas": image, "res_model": "res.partner"}
        values["res_id"] = self.client.id
        answer = self.rpc(
            "agent",
            "ir.attachment/create",
            vals_list=[
                values,
                {**values, "res_field": "image_1920"},
                {**values, "name": "image_1920", "res_field": "image_1920"},
            ],
        )
        self.assertTrue(answer.ok, answer.text)
        files = self.env["ir.attachment"].browse(answer.body)
        self.assertEqual(files.mapped("agent_unapproved"), [True] * 3)
        image = {"image_1920": image}
        answer = self.rpc("agent", "res.partner/write", self.at["quiet"], vals=image)
        self.assertTrue(answer.ok, answer.text)
        self.env.invalidate_all()
        of_field = [("res_id", "=", self.at["quiet"]), ("res_field", "=", "image_1920")]
        value = self.env["ir.attachment"].search(of_field)
        self.assertEqual(value.mapped("agent_unapproved"), [True])

    def test_values_that_are_no_text(self):
        """Odoo's own answer, or the value as it takes it."""
        for name in ("url", "res_field", "res_model"):
            for given in (7, [7], {"a": 1}):
                values = {"name": "x", "raw": "x", name: given}
                told = [
                    self.rpc(who, "ir.attachment/create", vals_list=[values])
                    for who in ("human", "agent")
                ]
                self.assertEqual(told[1].status, told[0].status, told[1].text)
                self.assertNotIn("startswith", told[1].text)

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
