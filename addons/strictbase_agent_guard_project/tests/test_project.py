# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError
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

    def test_task_that_a_portal_user_reads(self):
        """The comment is stored, and not shown."""
        self.task.message_subscribe(self.portal.partner_id.ids)
        self.task.message_follower_ids.subtype_ids = False
        message = self.comment()
        as_portal = self.env["mail.message"].with_user(self.portal)
        found = as_portal.search([("model", "=", "project.task")])
        self.assertNotIn(message, found)
        message.with_user(self.approver).action_show_outside()
        self.assertFalse(message.agent_unapproved)
        found = as_portal.search([("model", "=", "project.task")])
        self.assertIn(message, found)

    def test_stage_that_asks_for_ratings(self):
        task = self.task.with_user(self.agent)
        self.assertHeld(task.write, {"stage_id": self.rated.id})
        task.write({"priority": "1"})

    def test_project_with_a_stage_that_is_due(self):
        """The job asks about every task of the project, not only those in the stage."""
        template = self.env.ref("project.rating_project_request_email_template")
        asked = self.env["project.task.type"].create(
            {"name": "Asked", "rating_template_id": template.id}
        )
        task = self.task.with_user(self.agent)
        self.assertHeld(task.write, {"stage_id": asked.id})

    def test_stage_armed(self):
        """What a stage sends when a colleague moves a task there."""
        self.agent.group_ids += self.env.ref("project.group_project_manager")
        template = self.env["mail.template"].create(
            {"name": "x", "model_id": self.env["ir.model"]._get_id("project.task")}
        )
        stages = self.env["project.task.type"].with_user(self.agent)
        stage = stages.browse(self.stage.id)
        for values in (
            {"mail_template_id": template.id},
            {"rating_template_id": template.id},
            {"rating_active": True},
        ):
            self.assertHeld(stage.write, values)
            stage.invalidate_recordset()
            self.assertHeld(stages.create, {"name": "New", **values})
        self.assertHeld(
            stages.with_context(default_mail_template_id=template.id).create,
            {"name": "New"},
        )
        rated = stages.browse(self.rated.id)
        self.assertHeld(rated.write, {"rating_request_deadline": "2020-01-01"})
        stage.write({"rating_active": False})
        stage.write({"name": "Newer", "fold": True, "mail_template_id": False})
        stages.create({"name": "New", "project_ids": self.project.ids})

    def test_project_opened_to_the_portal(self):
        self.agent.group_ids += self.env.ref("project.group_project_manager")
        project = self.project.with_user(self.agent)
        project.write({"privacy_visibility": "employees"})
        for visibility in ("portal", "invited_users"):
            self.assertHeld(project.write, {"privacy_visibility": visibility})
            project.invalidate_recordset()
        self.assertEqual(self.project.privacy_visibility, "employees")
        # what it is, and what every project is made with, opens nothing
        self.project.privacy_visibility = "portal"
        project.write({"privacy_visibility": "portal", "name": "Newer"})
        project.create({"name": "New", "privacy_visibility": "portal"})

    def test_client_made_a_follower_after_the_comment(self):
        task = self.task.with_user(self.agent)
        message = self.comment()
        task.message_subscribe(self.portal.partner_id.ids)
        task.write({"priority": "1"})
        with self.assertRaises(AccessError):
            message.with_user(self.portal).read(["body"])
