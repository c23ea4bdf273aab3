# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
"""The roads of this application, in the terms of the guard's own tests."""

from odoo.addons.strictbase_agent_guard.tests.road import (
    call,
    compose,
    create,
    road,
    write,
)

ROADS = [
    road("orders", "request for quotation by composer",
         *compose(model="purchase.order", res_ids="[@{rfq}]",
                  composition_mode="comment",
                  template_id="@ref:purchase.email_template_edi_purchase"),
         needs="purchase.order", wide=True),
    road("orders", "receipt reminder written, left to its cron",
         write("purchase.order", "@purchase", receipt_reminder_email=True,
               reminder_date_before_receipt=3),
         needs="purchase.order", wide=True,
         queues="purchase.purchase_send_reminder_mail"),
]

CARRIED = [
    road("carried", "order to a colleague that a client is made to follow",
         create("purchase.order", partner_id="@colleague_partner",
                date_planned="@now", receipt_reminder_email=True,
                reminder_date_before_receipt=0,
                order_line=[[0, 0, {"product_id": "@part", "price_unit": 3}]]),
         call("purchase.order/button_confirm", "$0"),
         call("purchase.order/message_subscribe", "$0", partner_ids=["@client"]),
         needs="purchase.order", wide=True,
         queues="purchase.purchase_send_reminder_mail"),
]
