# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
"""The roads of this application, in the terms of the guard's own tests."""

from odoo.addons.strictbase_agent_guard.tests.road import (
    FILE,
    WORDS,
    call,
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
    road("letters", "letter printed",
         create("snailmail.letter", partner_id="@client", model="account.move",
                res_id="@invoice", company_id="@company", attachment_id="@pdf"),
         call("snailmail.letter/snailmail_print", "$0"),
         needs=("snailmail.letter", "account.move"),
         queues="snailmail.snailmail_print"),
    road("letters", "letter left to its cron",
         create("snailmail.letter", partner_id="@client", model="account.move",
                res_id="@invoice", company_id="@company", attachment_id="@pdf"),
         needs=("snailmail.letter", "account.move"),
         queues="snailmail.snailmail_print"),
    road("invoices", "send wizard, letter",
         *send_invoice(sending_methods=["snailmail"]),
         needs=("account.move", "snailmail.letter"),
         queues="snailmail.snailmail_print"),
    road("armed", "waiting letter's document replaced",
         write("ir.attachment", "@letter_file", datas=FILE),
         needs="snailmail.letter", given="letter", carries=WORDS,
         queues="snailmail.snailmail_print"),
]
