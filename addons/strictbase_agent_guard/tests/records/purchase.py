# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
from datetime import datetime, timedelta

from odoo import Command

from .registry import makes


@makes("purchase.order")
def make_purchase_order(case):
    env = case.env
    product = env["product.product"].create({"name": "Part", "type": "consu"})
    orders = env["purchase.order"].create(
        [
            {
                "partner_id": case.client.id,
                "date_planned": datetime.now() + timedelta(days=3),
                "order_line": [
                    Command.create({"product_id": product.id, "price_unit": 5})
                ],
            }
            for _index in range(2)
        ]
    )
    orders[1].button_confirm()
    orders[1].receipt_reminder_email = False
    orders.message_unsubscribe(orders.message_partner_ids.ids)
    case.visible["purchase.order"] = orders.ids
    case.at.update(rfq=orders[0].id, purchase=orders[1].id, part=product.id)
