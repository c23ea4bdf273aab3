# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What is held in a queue waits among the approvals, and leaves exactly as shown."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_origin import CLIENT, OriginCase
from .common_readers import ReaderCase
from .common_requests import MODEL
from .roads import COMMENT, WORDS


@tagged("post_install", "-at_install")
class TestHeldRequests(OriginCase):
    def setUp(self):
        super().setUp()
        self.ok(
            "agent",
            "res.partner/message_subscribe",
            self.at["quiet"],
            partner_ids=[self.client.id],
        )
        self.ok(
            "human",
            "res.partner/message_post",
            self.at["quiet"],
            body=WORDS,
            message_type="comment",
            subtype_xmlid=COMMENT,
        )
        self.pass_time()
        self.row = self.held().request_ids
        self.wire.clear()

    def as_approver(self, row=None):
        return (row or self.row).with_user(self.users["approver"])

    def test_it_waits_among_the_approvals(self):
        row = self.row
        self.assertEqual(len(row), 1)
        self.assertEqual((row.state, row.status), ("pending", "pending"))
        self.assertIn(CLIENT, row.recipients_text)
        self.assertIn(self.users["agent"].name, self.as_approver().why)
        shown = str(self.as_approver().preview)
        self.assertIn(WORDS, shown)
        self.assertIn(CLIENT, shown)
        self.assertIn(self.users["approver"], row.activity_ids.user_id)
        # however long it takes
        self.env[MODEL]._gc_requests()
        self.assertEqual(row.state, "pending")

    def test_approved_it_leaves(self):
        self.assertTrue(self.as_approver().action_approve())
        self.pass_time()
        self.assertIn(CLIENT, self.recipients())
        self.assertEqual(self.row.state, "done")
        self.assertEqual(self.row.user_id, self.users["approver"])
        self.assertEqual(self.held().state, "released")
        self.assertFalse(self.row.activity_ids)
        self.assertFalse(self.row.manifest is False)
        with self.assertRaises(UserError):
            self.as_approver().action_approve()

    def test_rejected_it_stays(self):
        self.as_approver()._reject("Not to them")
        self.pass_time()
        self.assertNotIn(CLIENT, self.recipients())
        self.assertEqual(self.row.state, "rejected")
        self.assertEqual(self.row.reject_reason, "Not to them")
        self.assertEqual(self.held().state, "dropped")

    def test_what_has_changed_since_waits_on(self):
        mail = self.env["mail.mail"].browse(self.held().target_id)
        mail.body_html = "<p>Other words</p>"
        answer = self.as_approver().action_approve()
        self.assertIn("the text differs", answer["params"]["message"])
        self.pass_time()
        self.assertNotIn(CLIENT, self.recipients())
        self.assertEqual(self.row.state, "pending")
        self.assertIn("Other words", str(self.as_approver().preview))
        # as it is now it was shown
        self.assertTrue(self.as_approver().action_approve())
        self.pass_time()
        self.assertIn(CLIENT, self.recipients())

    def test_another_recipient_waits_on(self):
        mail = self.env["mail.mail"].browse(self.held().target_id)
        mail.email_to = "eve@elsewhere.example"
        answer = self.as_approver().action_approve()
        self.assertIn("eve@elsewhere.example", answer["params"]["message"])
        held = self.held()
        with self.assertRaises(UserError):
            mail.email_to = "mallory@elsewhere.example"
            held.with_user(self.users["approver"]).action_release()

    def test_the_old_button_answers_the_request(self):
        self.held().with_user(self.users["approver"]).action_drop()
        self.assertEqual(self.row.state, "rejected")

    def test_it_is_for_approvers(self):
        number = self.row.request_uuid
        for who in ("agent", "human"):
            answer = self.rpc(who, f"{MODEL}/request_status", request_uuid=number)
            self.assertEqual(answer.status, 403, who)
            answer = self.rpc(who, f"{MODEL}/action_approve", self.row.ids)
            self.assertEqual(answer.status, 403, who)
            answer = self.rpc(who, f"{MODEL}/withdraw_request", request_uuid=number)
            self.assertEqual(answer.status, 403, who)
        with self.assertRaises(AccessError):
            self.row.with_user(self.users["human"])._reject("x")
        seen = self.ok(
            "agent", f"{MODEL}/search_read", domain=[], fields=["request_uuid"]
        )
        self.assertNotIn(number, [row["request_uuid"] for row in seen])
        answer = self.rpc("approver", f"{MODEL}/request_manifest", request_uuid=number)
        self.assertIn(WORDS, answer.text)

    def test_by_the_key_of_an_approver(self):
        held = self.held()
        answer = self.rpc(
            "approver",
            f"{MODEL}/issue_token",
            model_name="strictbase.agent.held",
            method_name="action_release",
            record_ids=held.ids,
            request_uuid=self.row.request_uuid,
        )
        self.assertTrue(answer.ok, answer.text)
        self.pass_time()
        self.assertIn(CLIENT, self.recipients())
        self.env.invalidate_all()
        self.assertEqual(self.row.state, "done")

    def test_together_in_the_wizard(self):
        action = self.as_approver().action_decide()
        decision = self.env[action["res_model"]].with_user(self.users["approver"])
        decision = decision.browse(action["res_id"])
        self.assertIn(WORDS, decision.preview)
        decision.action_approve()
        self.assertEqual(self.row.state, "done")


@tagged("post_install", "-at_install")
class TestWithheld(ReaderCase):
    """What people outside do not see of an agent's words waits, too."""

    def filed(self):
        self.env["strictbase.agent.held"]._file_withheld()
        self.env.invalidate_all()
        rows = self.env[MODEL].search([("held_id", "!=", False)])
        return rows.filtered(lambda row: row.held_id.target_model == "mail.message")

    def test_approved_it_is_shown(self):
        message = self.post("agent")
        row = self.filed()
        self.assertEqual(row.held_id.target_id, message.id)
        self.assertEqual(row.agent_user_id, self.users["agent"])
        self.assertEqual(self.filed(), row)
        self.assertFalse(row.activity_ids)
        row = row.with_user(self.users["approver"])
        self.assertIn(WORDS, row.preview)
        self.assertTrue(row.action_approve())
        self.assertFalse(message.agent_unapproved)
        self.assertEqual(row.state, "done")
        self.assertEqual(
            self.env["strictbase.agent.egress"].search([], limit=1).target_id,
            message.id,
        )

    def test_rejected_it_stays_inside(self):
        message = self.post("agent")
        self.filed().with_user(self.users["approver"])._reject("Not for them")
        self.assertTrue(message.agent_unapproved)
        self.assertEqual(self.filed().state, "rejected")

    def test_written_anew_it_is_asked_anew(self):
        message = self.post("agent")
        first = self.filed()
        first.with_user(self.users["approver"])._reject("Not so")
        # as a day later
        first.held_id.sudo().decided_at = "2020-01-01 00:00:00"
        self.ok_edit(message, "other-words-42")
        second = self.filed() - first
        self.assertEqual(second.state, "pending")
        self.assertTrue(second.with_user(self.users["approver"]).action_approve())
        self.assertFalse(message.agent_unapproved)

    def test_shown_by_the_other_button(self):
        message = self.post("agent")
        row = self.filed()
        message.with_user(self.users["approver"]).action_show_outside()
        self.assertEqual(row.state, "done")

    def test_other_words_wait_on(self):
        message = self.post("agent")
        row = self.filed().with_user(self.users["approver"])
        self.ok_edit(message, "other-words-42")
        answer = row.action_approve()
        self.assertIn("the text differs", answer["params"]["message"])
        self.assertTrue(message.agent_unapproved)
        self.assertIn("other-words-42", row.preview)

    def ok_edit(self, message, words):
        answer = self.rpc(
            "agent",
            f"{message.model}/message_update_content",
            message.res_id,
            message_id=message.id,
            body=words,
        )
        if answer.status == 404 or not answer.ok:
            message.sudo().body = words
        self.env.invalidate_all()

    def test_what_is_among_colleagues_is_not_asked(self):
        note = self.post("agent", subtype_xmlid="mail.mt_note")
        colleague = self.post("human")
        quiet = self.task.copy({"partner_id": False})
        quiet.user_ids = self.users["agent"]
        quiet.message_unsubscribe(quiet.message_partner_ids.ids)
        self.env.flush_all()
        ours = self.post("agent", quiet)
        found = self.filed().held_id.mapped("target_id")
        for message in (note, colleague, ours):
            self.assertNotIn(message.id, found)
