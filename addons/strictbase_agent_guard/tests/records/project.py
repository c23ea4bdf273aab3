# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
from odoo import Command

from .registry import makes


@makes("project.task")
def make_project_task(case):
    env = case.env
    template = env["mail.template"].create(
        {
            "name": "Stage reached",
            "model_id": env["ir.model"]._get_id("project.task"),
            "subject": "Progress",
            "body_html": "<p>Progress</p>",
            "use_default_to": False,
            "partner_to": "{{ object.partner_id.id }}",
        }
    )
    stages = env["project.task.type"].create(
        [
            {"name": "New"},
            {"name": "Working"},
            {"name": "Tell the client", "mail_template_id": template.id},
            {
                "name": "Ask the client",
                "rating_active": True,
                "rating_status": "stage",
                "rating_template_id": env.ref(
                    "project.rating_project_request_email_template"
                ).id,
            },
            {
                "name": "Ask the client again",
                "rating_active": True,
                "rating_status": "periodic",
                "rating_status_period": "daily",
                "rating_template_id": env.ref(
                    "project.rating_project_request_email_template"
                ).id,
            },
        ]
    )
    if "sms_template_id" in env["project.task.type"]._fields:
        sms = env["sms.template"].create(
            {
                "name": "Text",
                "model_id": env["ir.model"]._get_id("project.task"),
                "body": "Hello",
            }
        )
        texts = {"name": "Text the client", "sms_template_id": sms.id}
        stages += env["project.task.type"].create(texts)
        case.at["stage_texts"] = stages[5].id
    env.flush_all()
    case.cr.execute(
        "UPDATE project_task_type SET rating_request_deadline = "
        "now() at time zone 'utc' - interval '1 day' WHERE id = %s",
        [stages[4].id],
    )
    projects = env["project.project"].create(
        [
            {
                "name": "Shared project",
                "privacy_visibility": "portal",
                "partner_id": case.client.id,
                "type_ids": [Command.set(stages.ids)],
            },
            {
                "name": "Internal project",
                "privacy_visibility": "employees",
                "type_ids": [Command.set(stages.ids)],
            },
        ]
    )
    rated = env["project.project"].create(
        {"name": "Rated project", "type_ids": [Command.set(stages[3].ids)]}
    )
    env["project.task"].create(
        {
            "name": "Rated",
            "project_id": rated.id,
            "stage_id": stages[3].id,
            "partner_id": case.client.id,
        }
    )
    case.at["project_rated"] = rated.id
    project_template = template.copy(
        {
            "model_id": env["ir.model"]._get_id("project.project"),
            "partner_to": "{{ object.partner_id.id }}",
        }
    )
    project_stage = env["project.project.stage"].create(
        {"name": "Delivered", "mail_template_id": project_template.id}
    )
    tasks = env["project.task"].create(
        [
            {
                "name": "Shared task",
                "project_id": projects[0].id,
                "partner_id": case.client.id,
                "stage_id": stages[0].id,
            },
            {
                "name": "Internal task",
                "project_id": projects[1].id,
                "stage_id": stages[0].id,
            },
        ]
    )
    tasks[0].message_subscribe(partner_ids=case.client.ids)
    tasks[1].message_unsubscribe(tasks[1].message_partner_ids.ids)
    tasks[1].message_subscribe(partner_ids=[case.at["colleague_partner"]])
    case.visible["project.task"] = tasks[0].ids
    portal = case.portal.partner_id
    projects[0].write({"collaborator_ids": [Command.create({"partner_id": portal.id})]})
    tasks[0].message_subscribe(partner_ids=portal.ids)
    case.at["model_task"] = env["ir.model"]._get_id("project.task")
    case.at["rating_token"] = tasks[0]._rating_get_access_token(case.client)
    case.at.update(
        project=projects[0].id,
        project_internal=projects[1].id,
        task=tasks[0].id,
        task_internal=tasks[1].id,
        stage=stages[0].id,
        stage_working=stages[1].id,
        stage_tells=stages[2].id,
        stage_rates=stages[3].id,
        stage_rates_weekly=stages[4].id,
        project_stage=project_stage.id,
    )
