# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
"""The roads of this application, in the terms of the guard's own tests."""

from odoo.addons.strictbase_agent_guard.tests.roads import (
    compose,
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
