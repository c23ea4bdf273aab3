# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What Odoo answers to an e-mail that came in, in the words of an agent."""

from odoo.tests import tagged

from .common import ConfirmationCase

LETTER = """From: Stranger <stranger@outside.example>
To: guarded-alias@letters.example
Subject: Hello
Message-Id: <guarded-alias@outside.example>
Date: Thu, 26 Nov 2026 01:00:00 +0000
Content-Type: text/plain

Hello
"""
ANSWER = "<p>Words of an agent in an answer</p>"


@tagged("post_install", "-at_install")
class TestAlias(ConfirmationCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.domain = cls.env["mail.alias.domain"].create({"name": "letters.example"})
        cls.alias = cls.env["mail.alias"].create(
            {
                "alias_name": "guarded-alias",
                "alias_domain_id": cls.domain.id,
                "alias_model_id": cls.env["ir.model"]._get_id("res.partner"),
                "alias_contact": "followers",
                "alias_parent_model_id": cls.env["ir.model"]._get_id("res.partner"),
                "alias_parent_thread_id": cls.document.id,
            }
        )

    def test_words_of_the_answer(self):
        as_agent = self.alias.with_user(self.agent).sudo()
        self.assertHeld(as_agent.write, {"alias_bounced_content": ANSWER})
        self.assertHeld(
            as_agent.create,
            {
                "alias_name": "guarded-other",
                "alias_model_id": self.alias.alias_model_id.id,
                "alias_bounced_content": ANSWER,
            },
        )

    def test_what_stays_free(self):
        self.alias.alias_bounced_content = "<p>Ours</p>"
        as_agent = self.alias.with_user(self.agent).sudo()
        as_agent.write({"alias_contact": "everyone"})
        as_agent.write({"alias_bounced_content": False})

    def test_mail_fetched_by_a_person(self):
        """Whoever runs the gateway does not look at what is answered."""
        # as it was written by a version that did not ask
        self.env.cr.execute(
            "UPDATE mail_alias SET alias_bounced_content = "
            "jsonb_build_object('en_US', %s) WHERE id = %s",
            [ANSWER, self.alias.id],
        )
        self.alias.invalidate_recordset()
        key = {("mail.alias", self.alias.id): {"alias_bounced_content"}}
        self.env["strictbase.agent.touch"]._note(self.agent.id, key)
        self.env.flush_all()
        gateway = self.env["mail.thread"].with_user(self.colleague).sudo()
        gateway.message_process("res.partner", LETTER)
        mail = self.env["mail.mail"].search(
            [("email_to", "like", "stranger@outside.example")], limit=1
        )
        self.assertIn("Words of an agent", mail.body_html)
        self.assertEqual(mail.state, "cancel")
