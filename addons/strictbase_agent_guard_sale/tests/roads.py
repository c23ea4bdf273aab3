# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
"""The roads of this application, in the terms of the guard's own tests."""

from odoo.addons.strictbase_agent_guard.tests.road import (
    COMMENT,
    FILE,
    NOTE,
    WORDS,
    call,
    compose,
    create,
    post,
    road,
    write,
)

ROADS = [
    road("publication", "comment on an order nobody follows",
         post("@order", "sale.order", message_type="comment", subtype_xmlid=COMMENT),
         needs="sale.order", hidden=True),
    road("publication", "own note on an order turned into a comment",
         post("@order", "sale.order", subtype_xmlid=NOTE, message_type="comment"),
         write("mail.message", "$0", subtype_id="@ref:mail.mt_comment",
               is_internal=False), needs="sale.order", hidden=True),
    road("publication", "comment on an order that is then given to a client",
         create("sale.order", partner_id="@colleague_partner"),
         post("$0", "sale.order", message_type="comment", subtype_xmlid=COMMENT,
              body=WORDS),
         write("sale.order", "$0", partner_id="@portal_partner"),
         needs="sale.order", carries=WORDS, hidden=True),
    road("orders", "quotation by composer",
         *compose(model="sale.order", res_ids="[@{order}]",
                  composition_mode="comment", template_id="@quotation_mail"),
         needs="sale.order"),
    road("orders", "order confirmed with its e-mail",
         call("sale.order/action_confirm", "@order", context={"send_email": True}),
         needs="sale.order"),
    road("orders", "pending e-mail written, left to its cron",
         write("sale.order", "@order", pending_email_template_id="@quotation_mail"),
         needs="sale.order", queues="sale.send_pending_emails_cron"),
    road("orders", "template sent for an order",
         call("mail.template/send_mail", "@quotation_mail", res_id="@order",
              force_send=True), needs="sale.order"),
    road("armed", "colleague's published comment edited",
         write("mail.message", "@published", body=f"<p>{WORDS}</p>"),
         needs="sale.order", carries=WORDS, hidden=True),
    road("armed", "file of a colleague's published comment replaced",
         write("ir.attachment", "@published_file", datas=FILE),
         needs="sale.order", carries=WORDS, hidden=True),
]

# What a job of the shop carries out: the agent's call is answered, nothing leaves.
CARRIED = [
    road("carried", "order of the shop that looks like a cart left behind",
         create("sale.order", partner_id="@client", website_id="@website",
                date_order="@earlier", order_line=[[0, 0, {"product_id": "@product"}]]),
         needs="sale.order:cart_recovery_email_sent",
         queues="website_sale.ir_cron_send_availability_email"),
]
