# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
from odoo import Command

from .registry import makes


@makes("loyalty.card")
def make_loyalty_card(case):
    env = case.env
    template = env["mail.template"].create(
        {
            "name": "Your card",
            "model_id": env["ir.model"]._get_id("loyalty.card"),
            "subject": "Your card",
            "body_html": "<p>Here</p>",
            "use_default_to": False,
            "partner_to": "{{ object.partner_id.id }}",
        }
    )
    program = env["loyalty.program"].create(
        {
            "name": "Coupons",
            "program_type": "coupons",
            "communication_plan_ids": [
                Command.clear(),
                Command.create({"trigger": "create", "mail_template_id": template.id}),
            ],
        }
    )
    case.at["program"] = program.id
