# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
from datetime import datetime, timedelta

from odoo import Command

from .registry import makes


@makes("sale.order")
def make_sale_order(case):
    product = case.env["product.product"].create(
        {"name": "Service", "type": "service", "list_price": 10}
    )
    order = case.env["sale.order"].create(
        {
            "partner_id": case.client.id,
            "user_id": False,
            "order_line": [Command.create({"product_id": product.id})],
        }
    )
    order.message_unsubscribe(order.message_partner_ids.ids)
    case.visible["sale.order"] = order.ids
    env = case.env(user=case.users["colleague"].id)
    file = env["ir.attachment"].create(
        {
            "name": "published.txt",
            "raw": b"Ours",
            "res_model": "sale.order",
            "res_id": order.id,
        }
    )
    published = (
        env["sale.order"]
        .browse(order.id)
        .message_post(
            **{"body": "Ours", "attachment_ids": file.ids},
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
    )
    order.message_unsubscribe(order.message_partner_ids.ids)
    case.at.update(published=published.id, published_file=file.id)
    if "payment.transaction" in case.env:
        transaction = case.env["payment.transaction"].create(
            {
                "provider_id": case.env.ref("payment.payment_provider_transfer").id,
                "payment_method_id": case.env.ref("payment.payment_method_unknown").id,
                "reference": "guarded",
                "amount": order.amount_total,
                "currency_id": order.currency_id.id,
                "partner_id": case.client.id,
                "sale_order_ids": [Command.set(order.ids)],
            }
        )
        case.at["transaction"] = transaction.id
    template = case.env.ref("sale.email_template_edi_sale")
    case.at.update(order=order.id, product=product.id, quotation_mail=template.id)
    if "cart_recovery_email_sent" in case.env["sale.order"]._fields:
        _make_shop(case)


def _make_shop(case):
    """A shop that reminds people of the carts that they have left behind."""
    website = case.env["website"].search([], limit=1)
    website.send_abandoned_cart_email = True
    website.send_abandoned_cart_email_activation_time = datetime.now() - timedelta(2)
    case.env["sale.order"].search([]).cart_recovery_email_sent = True
    case.at.update(
        website=website.id,
        earlier=f"{datetime.now() - timedelta(hours=20):%Y-%m-%d %H:%M:%S}",
    )
