# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
"""The roads of this application, in the terms of the guard's own tests."""

from odoo.addons.strictbase_agent_guard.tests.road import (
    call,
    compose,
    create,
    road,
    write,
)


def send_invoice(**values):
    return (
        create("account.move.send.wizard", move_id="@invoice", **values),
        call("account.move.send.wizard/action_send_and_print", "$0"),
    )


ROADS = [
    road("invoices", "send wizard, e-mail",
         *send_invoice(sending_methods=["email"]), needs="account.move"),
    road("invoices", "send wizard, e-mail to someone else",
         *send_invoice(sending_methods=["email"],
                       mail_partner_ids=[[6, 0, ["@portal_partner"]]]),
         needs="account.move"),
    road("invoices", "batch wizard, two invoices",
         create("account.move.send.batch.wizard",
                move_ids=[[6, 0, ["@invoice", "@invoice_2"]]]),
         call("account.move.send.batch.wizard/action_send_and_print", "$0"),
         needs="account.move", queues="account.ir_cron_account_move_send"),
    road("invoices", "batch wizard, at once",
         create("account.move.send.batch.wizard",
                move_ids=[[6, 0, ["@invoice", "@invoice_2"]]]),
         call("account.move.send.batch.wizard/action_send_and_print", "$0",
              force_synchronous=True),
         needs="account.move", queues="account.ir_cron_account_move_send"),
    road("invoices", "sending data written, left to its cron",
         write("account.move", ["@invoice"],
               sending_data={"author_user_id": "@me",
                             "author_partner_id": "@my_partner",
                             "sending_methods": ["email"]}),
         needs="account.move", queues="account.ir_cron_account_move_send"),
    road("invoices", "composer",
         *compose(model="account.move", res_ids="[@{invoice}]",
                  composition_mode="comment", partner_ids=[[6, 0, ["@client"]]],
                  template_id="@ref:account.email_template_edi_invoice"),
         needs="account.move"),
    road("applications", "invoice posted with a product that mails",
         create("account.move", move_type="out_invoice", partner_id="@client",
                invoice_date="2026-01-02",
                invoice_line_ids=[[0, 0, {"product_id": "@product_mails",
                                          "price_unit": 10}]]),
         call("account.move/action_post", "$0"),
         needs=("account.move", "product.template:email_template_id")),
]

CARRIED = [
    road("carried", "narration of an invoice that a colleague has queued",
         write("account.move", "@invoice_2", narration="<p>Hello</p>"),
         needs="account.move", given="invoice",
         queues="account.ir_cron_account_move_send"),
    road("carried", "file put on an invoice that a colleague has queued",
         create("ir.attachment", name="more.txt", raw="aGVsbG8=",
                res_model="account.move", res_id="@invoice_2"),
         needs="account.move", given="invoice",
         queues="account.ir_cron_account_move_send"),
    road("carried", "customer of a queued invoice moved",
         write("res.partner", "@client", email="moved@outside.example"),
         needs="account.move", given="invoice",
         queues="account.ir_cron_account_move_send"),
]
