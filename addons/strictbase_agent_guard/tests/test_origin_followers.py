# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a person sends reaches whom they meant, and not whom an agent put there."""

from odoo.tests import tagged

from .common_origin import CLIENT, OriginCase
from .roads import COMMENT


@tagged("post_install", "-at_install")
class TestOriginFollowers(OriginCase):
    def test_a_colleagues_message_reaches_whom_the_colleague_meant(self):
        """The agent has touched the record; the message is the colleague's."""
        self.ok("agent", "res.partner/write", self.at["file"], vals={"comment": "x"})
        self.ok(
            "human",
            "res.partner/message_post",
            self.at["file"],
            body="Mine",
            message_type="comment",
            subtype_xmlid=COMMENT,
        )
        self.pass_time()
        self.assertIn(CLIENT, self.recipients())
        self.assertFalse(self.held())

    def _followed(self):
        """A colleague comments where an agent has made a client a follower."""
        self.ok(
            "agent",
            "res.partner/message_subscribe",
            self.at["quiet"],
            partner_ids=[self.client.id],
        )

    def _comment(self):
        self.ok(
            "human",
            "res.partner/message_post",
            self.at["quiet"],
            body="For colleagues",
            message_type="comment",
            subtype_xmlid=COMMENT,
        )
        self.pass_time()

    def test_a_follower_of_the_agents_choice_waits(self):
        self._followed()
        self._comment()
        self.assertNotIn(CLIENT, self.recipients())
        self.assertIn("colleague@inside.example", self.recipients())
        held = self.held()
        self.assertEqual(len(held), 1)
        self.assertIn(self.users["agent"].name, held.why)
        self.assertEqual(held.owner_user_id, self.users["human"])
        self.wire.clear()
        held.with_user(self.users["approver"]).action_release()
        self.pass_time()
        self.assertIn(CLIENT, self.recipients())
        self.assertEqual(held.state, "released")

    def test_a_follower_whom_a_person_has_seen_does_not_wait(self):
        self._followed()
        self.look(self.at["quiet"])
        self.ok("human", "res.partner/write", self.at["quiet"], vals={"ref": "seen"})
        self._comment()
        self.assertIn(CLIENT, self.recipients())
        self.assertFalse(self.held())

    def test_a_follower_of_the_project_waits(self):
        """Who follows a project is told of its tasks, also of those to come."""
        if "project.task" not in self.env:
            self.skipTest("project not installed")
        project = self.env["project.project"].create(
            {"name": "Ours", "privacy_visibility": "employees"}
        )
        subtypes = self.env["mail.message.subtype"].search(
            [("res_model", "in", [False, "project.project"])]
        )
        self.ok(
            "agent_wide",
            "project.project/message_subscribe",
            project.id,
            partner_ids=[self.client.id],
            subtype_ids=subtypes.ids,
        )

        def comment():
            values = {"name": "Ours", "project_id": project.id}
            made = self.ok("human", "project.task/create", vals_list=[values])
            self.env.invalidate_all()
            task = self.env["project.task"].browse(made)
            self.assertIn(self.client, task.message_partner_ids)
            self.wire.clear()
            self.ok(
                "human",
                "project.task/message_post",
                task.id,
                body="For colleagues",
                message_type="comment",
                subtype_xmlid=COMMENT,
            )
            self.pass_time()

        comment()
        self.assertNotIn(CLIENT, self.recipients())
        self.assertTrue(self.held())
        self.look(project.id)
        seen = {"label_tasks": "Seen"}
        self.ok("human_wide", "project.project/write", project.id, vals=seen)
        comment()
        self.assertIn(CLIENT, self.recipients())

    def test_what_was_dropped_stays(self):
        self._followed()
        self._comment()
        held = self.held()
        held.with_user(self.users["approver"]).action_drop()
        self.pass_time()
        self.assertNotIn(CLIENT, self.recipients())
        self.assertEqual(held.decided_by, self.users["approver"])
        mail = self.env["mail.mail"].browse(held.target_id)
        self.assertNotIn(
            "ready", mail.mail_message_id.notification_ids.mapped("notification_status")
        )

    def test_an_agent_and_others_decide_nothing(self):
        self._followed()
        self._comment()
        held = self.held()
        for who in ("agent", "human"):
            answer = self.rpc(who, "strictbase.agent.held/action_release", held.id)
            self.assertEqual(answer.status, 403, f"{who}: {answer.text}")
        self.assertEqual(held.state, "held")

    def test_the_approvers_have_an_activity_and_no_letter(self):
        self._followed()
        self._comment()
        activity = self.env["mail.activity"].search(
            [
                ("res_model", "=", "strictbase.agent.confirmation"),
                ("res_id", "in", self.held().request_ids.ids),
            ]
        )
        self.assertIn(self.users["approver"], activity.user_id)
        self.assertNotIn("approver@inside.example", self.recipients())
