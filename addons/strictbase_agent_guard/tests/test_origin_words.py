# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Words of an agent that a job says about a record which is not made of them: those of
what points to it or stands in its lists, in the letter or in a file of text with it.
"""

from odoo.tests import tagged

from .common_origin import CLIENT, OriginCase
from .roads import COMMENT, WORDS

SHORT = "Pay Bob"


@tagged("post_install", "-at_install")
class TestOriginWords(OriginCase):
    def _listed(self, who, name, **values):
        """A job's letter about a contact that says what points to it, as the orders of
        a day are told to who delivers them."""
        self.see(self.client.ids)
        values = {"partner_id": self.client.id, **values}
        values |= {"name": f"{name} line of work", "project_id": self.at["project"]}
        self.ok(who, "project.task/create", vals_list=[values])
        # nobody is told of the task itself
        self.env["mail.mail"].search([]).unlink()
        self._run(
            f"record = env['res.partner'].browse({self.client.id})\n"
            "lines = env['project.task'].search([('name', 'like', 'line of work')])\n"
            "env['mail.mail'].create({'model': 'res.partner', 'res_id': record.id, "
            "'subject': 'List', 'body_html': '<p>%s</p>' % (lines.mapped('name')), "
            "'email_to': record.email})"
        )

    def test_a_job_lists_what_points_to_its_document(self):
        self._listed("agent", WORDS)
        self.assertNotIn(CLIENT, self.recipients())
        self.assertIn(WORDS, self.held().why)

    def test_a_job_says_what_a_list_of_its_document_names(self):
        tag = self.env["res.partner.category"].create({"name": "Plain"})
        self.client.category_id = tag
        self.see(self.client.ids)
        say = (
            f"record = env['res.partner'].browse({self.client.id})\n"
            "env['mail.mail'].create({'model': 'res.partner', 'res_id': record.id, "
            "'subject': 'List', 'email_to': record.email, "
            "'body_html': '<p>%s</p>' % record.category_id.mapped('name')})"
        )
        name = f"{WORDS} of a tag"
        self.ok("agent", "res.partner.category/write", tag.id, vals={"name": name})
        self._run(say)
        self.assertNotIn(CLIENT, self.recipients())
        self.assertIn(name, self.held().why)
        for said, hidden in (("record.category_id.name", True), ("'Plain'", False)):
            self._run(
                f"record = env['res.partner'].browse({self.client.id})\n"
                f"record.message_post(body={said}, subtype_xmlid='{COMMENT}')"
            )
            message = self.env["mail.message"].search(
                [("model", "=", "res.partner"), ("res_id", "=", self.client.id)],
                order="id desc",
                limit=1,
            )
            self.assertEqual(message.agent_unapproved, hidden, said)

    def test_a_job_lists_what_a_colleague_wrote(self):
        self._listed("human", WORDS)
        self.assertEqual(self.recipients(), {CLIENT})

    def test_a_job_does_not_list_what_points_to_its_document(self):
        values = {"name": WORDS, "partner_id": self.client.id}
        values["project_id"] = self.at["project"]
        self.ok("agent", "project.task/create", vals_list=[values])
        self._listed("human", "A colleague's")
        self.assertEqual(self.recipients(), {CLIENT})

    def _letter(self, body, then="", **more):
        """A job's letter to the client; whether it left, and what was held."""
        values = {"model": "res.partner", "res_id": self.client.id, "subject": "List"}
        values |= {"email_to": CLIENT, "body_html": f"<p>{body}</p>", **more}
        before = self.held()
        self.wire.clear()
        self._run(f"env['mail.mail'].create({values!r}){then}")
        return CLIENT in self.recipients(), self.held() - before

    def _pointing(self, name, who="agent"):
        """A record that only points to the client."""
        self.see(self.client.ids)
        values = {"name": name, "partner_id": self.client.id}
        values["project_id"] = self.at["project"]
        self.ok(who, "project.task/create", vals_list=[values])
        self.env["mail.mail"].search([]).unlink()

    def test_a_few_letters_of_what_points_to_its_document(self):
        self._pointing(SHORT)
        for body in (SHORT, f"Dear client, {SHORT}.", f"<b>{SHORT}</b> today"):
            left, held = self._letter(body)
            self.assertFalse(left, body)
            self.assertIn(SHORT, held.why)
        # as part of other words, in part, or not at all
        for body in ("Pay Bobby", "Repay Bob", "Pay Ann", "Bob", "Dear client"):
            self.assertEqual(self._letter(body)[0], True, body)

    def test_a_few_letters_that_the_letter_has_anyway(self):
        """The document says them, whom it names does, or a template of it."""
        self.client.write({"function": "Buyer", "parent_id": self.at["file"]})
        template = self.env["mail.template"].browse(self.at["template"])
        template.body_html = "<p>Kind wishes</p>"
        for name in ("Buyer", "Client", "Kind", "42", "It"):
            self._pointing(name)
            self.assertEqual(self._letter(f"To {name} again")[0], True, name)
        self._pointing("Seller")
        self.assertFalse(self._letter("To Seller again")[0])

    def test_a_few_letters_of_a_colleague_or_of_others(self):
        self._pointing(SHORT, who="human")
        self.assertTrue(self._letter(SHORT)[0])
        # about somebody else
        values = {"name": "Owe Ann", "partner_id": self.at["file"]}
        values["project_id"] = self.at["project"]
        self.ok("agent", "project.task/create", vals_list=[values])
        self.env["mail.mail"].search([]).unlink()
        self.assertTrue(self._letter("Owe Ann")[0])

    def test_a_few_letters_that_somebody_has_seen(self):
        self._pointing(SHORT)
        task = self.env["project.task"].search([("name", "=", SHORT)])
        self.look(task)
        self.ok("human", "project.task/write", task.ids, vals={"priority": "1"})
        self.assertTrue(self._letter(SHORT)[0])

    def _file(self, text, name="list.csv", later=False, **more):
        """A job's letter with a file that it makes."""
        raw = text if isinstance(text, bytes) else text.encode()
        file = {"attachment_ids": [(0, 0, {"name": name, "raw": raw})]}
        if later:
            return self._letter("Our list", then=f".write({file!r})")
        return self._letter("Our list", **file, **more)

    def test_a_file_of_text_that_a_job_makes(self):
        self._pointing(WORDS)
        folded = f"SUMMARY:{WORDS[:5]}\r\n {WORDS[5:]}\r\n"
        for name, text in (
            ("list.csv", f'1,"{WORDS}"\n'),
            ("list.dat", f"<td>{WORDS}</td>".encode("utf-16")),
            ("list.ics", folded),
            ("list.json", f'"{WORDS}"'.replace(" ", "\\u0020")),
        ):
            left, held = self._file(text, name)
            self.assertFalse(left, name)
            self.assertEqual([f["name"] for f in held.line["files"]], [name])
        self.assertFalse(self._file(WORDS, later=True)[0])
        for text in ("1,Nothing of theirs\n", b"\0" + WORDS.encode()):
            self.assertTrue(self._file(text)[0], text)

    def test_a_file_with_a_letter_about_nothing(self):
        values = {"name": WORDS, "project_id": self.at["project"]}
        self.ok("agent", "project.task/create", vals_list=[values])
        self.env["mail.mail"].search([]).unlink()
        self.assertFalse(self._file(WORDS, model=False, res_id=False)[0])

    def test_a_file_that_a_job_puts_on_a_record(self):
        """Whoever may open the record can open the file."""
        self._pointing(WORDS)
        for said, hidden in ((WORDS, True), ("Nothing of theirs", False)):
            for made in (
                f"record.message_post(body='x', subtype_xmlid='{COMMENT}', "
                f"attachments=[('a.txt', {said!r})])",
                "env['ir.attachment'].create({'name': 'a.txt', 'res_model': "
                f"'res.partner', 'res_id': record.id, 'raw': {said.encode()!r}}})",
            ):
                self._run(
                    f"record = env['res.partner'].browse({self.client.id})\n{made}"
                )
                file = self.env["ir.attachment"].search(
                    [("res_id", "=", self.client.id), ("name", "=", "a.txt")],
                    order="id desc",
                    limit=1,
                )
                self.assertEqual(file.agent_unapproved, hidden, made)

    def test_a_file_of_a_colleague(self):
        self._pointing(WORDS)
        self.ok(
            "human",
            "ir.attachment/create",
            vals_list=[
                {
                    "name": "b.txt",
                    "res_model": "res.partner",
                    "res_id": self.client.id,
                    "raw": WORDS,
                }
            ],
        )
        file = self.env["ir.attachment"].search([("name", "=", "b.txt")])
        self.assertFalse(file.agent_unapproved)
