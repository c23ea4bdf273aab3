# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
from odoo import Command

from .registry import makes


@makes("base.automation")
def make_base_automation(case):
    """Server actions, run by hand or by writing a color on a contact."""
    env = case.env
    model, field = case.at["model_partner"], env.ref("base.field_res_partner__color")
    kinds = {
        "mail": {
            "state": "mail_post",
            "template_id": case.at["template"],
            "mail_post_method": "email",
        },
        "comment": {
            "state": "mail_post",
            "template_id": case.at["template"],
            "mail_post_method": "comment",
        },
        "webhook": {"state": "webhook", "webhook_url": "https://hook.example/x"},
        "code": {
            "state": "code",
            "code": "record.message_post(body='x', subtype_xmlid='mail.mt_comment'"
            f", partner_ids=[{case.client.id}])",
        },
    }
    if "sms.template" in env:
        sms = env["sms.template"].create(
            {"name": "Text", "model_id": model, "body": "Hello"}
        )
        kinds["sms"] = {"state": "sms", "sms_template_id": sms.id}
    for color, (kind, values) in enumerate(kinds.items(), 101):
        by_hand, automatic = env["ir.actions.server"].create(
            [{"name": kind, "model_id": model, **values}] * 2
        )
        automation = env["base.automation"].create(
            {
                "name": kind,
                "model_id": model,
                "trigger": "on_create_or_write",
                "trigger_field_ids": [Command.set(field.ids)],
                "filter_domain": f"[('color', '=', {color})]",
                "action_server_ids": [Command.set(automatic.ids)],
            }
        )
        case.at[f"action_{kind}"] = by_hand.id
        case.at[f"color_{kind}"] = color
        case.at[f"rule_{kind}"] = automation.id
    if "crm.lead" in env:
        model = env["ir.model"]._get_id("crm.lead")
        action = env["ir.actions.server"].create(
            {
                "name": "due",
                "model_id": model,
                "state": "code",
                "code": "record.message_post(body='x', "
                "partner_ids=record.partner_id.ids)",
            }
        )
        due = {
            "name": "due",
            "model_id": model,
            "trigger": "on_time",
            "trg_date_id": env.ref("crm.field_crm_lead__date_deadline").id,
            "trg_date_range": 1,
            "trg_date_range_type": "hour",
            "trg_date_range_mode": "after",
        }
        starred = "[('name', '=', 'Starred lead'), ('priority', '=', '3')]"
        for domain, sent in (
            ("[('name', '=', 'Lead')]", action),
            (starred, action.copy()),
        ):
            env["base.automation"].create(
                {
                    **due,
                    "filter_domain": domain,
                    "action_server_ids": [Command.set(sent.ids)],
                }
            )
        lead = env["crm.lead"].create(
            {
                "name": "Starred lead",
                "type": "opportunity",
                "partner_id": case.client.id,
                "date_deadline": "2026-01-01",
                "user_id": False,
            }
        )
        case.at["lead_starred"] = lead.id
    case.addClassCleanup(env["base.automation"]._unregister_hook)
