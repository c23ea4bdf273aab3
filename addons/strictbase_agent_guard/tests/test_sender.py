# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""An agent speaks in its own name only."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ConfirmationCase


@tagged("post_install", "-at_install")
class TestSender(ConfirmationCase):
    def to_colleague(self, user=None, **values):
        record = self.document.with_user(user or self.agent)
        partners = self.colleague.partner_id.ids
        return record.message_post(body="x", partner_ids=partners, **values).sudo()

    def assertOwn(self, message):
        self.assertEqual(message.author_id, self.agent.partner_id)
        self.assertIn(self.agent.email, message.email_from)
        for mail in message.mail_ids:
            self.assertIn(self.agent.email, mail.email_from)
            self.assertNotIn("outside", mail.reply_to or "")

    def test_author(self):
        self.assertOwn(self.to_colleague(author_id=self.client.id))
        self.assertOwn(self.to_colleague(author_id=self.colleague.partner_id.id))

    def test_address(self):
        self.assertOwn(self.to_colleague(email_from="boss@outside.example"))
        self.assertOwn(self.to_colleague(email_from='"Boss" <boss@inside.example>'))

    def test_answers(self):
        self.assertOwn(self.to_colleague(reply_to="boss@outside.example"))

    def test_bounces(self):
        headers = {"Return-Path": "bounces@outside.example"}
        self.assertHeld(self.to_colleague, mail_headers=headers)
        headers = {"Reply-To": "answers@outside.example"}
        self.assertHeld(self.to_colleague, mail_headers=headers)

    def test_defaults(self):
        record = self.document.with_user(self.agent).with_context(
            default_author_id=self.client.id,
            default_email_from="boss@outside.example",
            default_reply_to="boss@outside.example",
        )
        partners = self.colleague.partner_id.ids
        self.assertOwn(record.message_post(body="x", partner_ids=partners).sudo())

    def test_a_guest_by_default(self):
        guest = self.env["mail.guest"].create({"name": "Somebody"})
        messages = self.env["mail.message"].with_user(self.agent)
        values = {"model": "res.partner", "res_id": self.document.id, "body": "x"}
        for message in (
            messages.with_context(default_author_guest_id=guest.id).create(values),
            messages.create({**values, "author_guest_id": guest.id}),
        ):
            self.assertOwn(message.sudo())
            self.assertFalse(message.sudo().author_guest_id)

    def test_changed_later(self):
        message = self.to_colleague()
        for values in (
            {"author_id": self.client.id},
            {"email_from": "boss@outside.example"},
            {"reply_to": "boss@outside.example"},
        ):
            with self.assertRaises(AccessError):
                message.with_user(self.agent).write(values)
        message.with_user(self.agent).sudo().write({"body": "<p>Better</p>"})

    def test_a_persons_message_is_theirs(self):
        message = self.to_colleague(user=self.colleague, author_id=self.client.id)
        self.assertEqual(message.author_id, self.client)
        message = self.to_colleague(
            user=self.colleague, email_from="boss@inside.example"
        )
        self.assertIn("boss@inside.example", message.email_from)

    def test_company(self):
        own = self.env.company.partner_id
        with self.assertRaises(AccessError):
            own.with_user(self.agent).write({"email": "x@outside.example"})
        with self.assertRaises(AccessError):
            own.with_user(self.agent).write({"name": "Ours"})
        own.with_user(self.colleague).write({"website": "https://ours.example"})
        branch = self.env["res.partner"].create({"name": "Shop", "parent_id": own.id})
        branch.with_user(self.agent).write({"comment": "Open on Sundays"})

    def test_what_is_sent_at_once(self):
        """The letter is made from the row as it was given, not as it was stored."""
        values = {
            "author_id": self.colleague.partner_id.id,
            "email_from": "boss@outside.example",
            "reply_to": "boss@outside.example",
            "email_to": self.colleague.email,
            "subject": "x",
            "body_html": "<p>x</p>",
        }
        mail = self.env["mail.mail"].with_user(self.agent).sudo().create(values)
        # before and after it is read anew
        for _time in range(2):
            self.assertIn(self.agent.email, mail.email_from)
            self.assertNotIn("outside", mail.reply_to or "")
            self.assertEqual(mail.author_id, self.agent.partner_id)
            mail.invalidate_recordset()
        mail = self.env["mail.mail"].with_user(self.colleague).sudo().create(values)
        self.assertEqual(mail.email_from, "boss@outside.example")
