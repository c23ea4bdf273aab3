# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
import json

from odoo import Command

from ..common_wire import PDF
from .registry import makes


@makes("account.move")
def make_account_move(case):
    invoices = case.env["account.move"].create(
        [
            {
                "move_type": "out_invoice",
                "partner_id": case.client.id,
                "invoice_date": "2026-01-01",
                "invoice_user_id": False,
                "invoice_line_ids": [
                    Command.create({"name": "Work", "price_unit": price})
                ],
            }
            for price in (100, 200)
        ]
    )
    invoices.action_post()
    case.env.company.paperformat_id = case.env.ref("base.paperformat_euro")
    case.at["pdf"] = (
        case.env["ir.attachment"]
        .create(
            {
                "name": "invoice.pdf",
                "raw": PDF,
                "res_model": "account.move",
                "res_id": invoices[0].id,
            }
        )
        .id
    )
    invoices.message_unsubscribe(invoices.message_partner_ids.ids)
    case.visible["account.move"] = invoices.ids
    template = case.env.ref("account.email_template_edi_invoice")
    case.at.update(
        invoice=invoices[0].id,
        invoice_2=invoices[1].id,
        template_invoice=template.id,
    )
    colleague = case.users["colleague"]
    data = {
        "author_user_id": colleague.id,
        "author_partner_id": colleague.partner_id.id,
        "sending_methods": ["email"],
    }
    case.given["invoice"] = (
        f"UPDATE account_move SET sending_data = '{json.dumps(data)}' WHERE id = %s",
        invoices[1].id,
    )
