# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.strictbase_agent_guard.tests.common import ConfirmationCase


@tagged("post_install", "-at_install")
class TestProject(ConfirmationCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent.group_ids += cls.env.ref("project.group_project_user")
        cls.portal = new_test_user(
            cls.env,
            login="project_portal",
            groups="base.group_portal",
            email="portal@outside.example",
        )
        stages = cls.env["project.task.type"].create(
            [
                {"name": "New"},
                {
                    "name": "Rated",
                    "rating_active": True,
                    "rating_status": "periodic",
                    "rating_status_period": "daily",
                },
            ]
        )
        cls.stage, cls.rated = stages
        cls.project = cls.env["project.project"].create(
            {
                "name": "For a client",
                "partner_id": cls.portal.partner_id.id,
                "privacy_visibility": "portal",
                "type_ids": [Command.set(stages.ids)],
            }
        )
        cls.task = cls.env["project.task"].create(
            {
                "name": "Task",
                "project_id": cls.project.id,
                "partner_id": cls.portal.partner_id.id,
                "stage_id": cls.stage.id,
            }
        )
        cls.task.message_unsubscribe(cls.task.message_partner_ids.ids)

    def comment(self):
        return self.task.with_user(self.agent).message_post(
            body="x", message_type="comment", subtype_xmlid="mail.mt_comment"
        )

    def test_task_that_its_customer_does_not_follow(self):
        self.comment()

    def test_task_that_a_portal_user_follows(self):
        self.task.message_subscribe(self.portal.partner_id.ids)
        self.assertHeld(self.comment)

    def test_task_whose_link_was_sent(self):
        self.task._portal_ensure_token()
        self.comment()
        self.task.message_notify(body="x", partner_ids=self.client.ids)
        self.assertHeld(self.comment)

    def test_stage_that_asks_for_ratings(self):
        task = self.task.with_user(self.agent)
        self.assertHeld(task.write, {"stage_id": self.rated.id})
        task.write({"priority": "1"})
