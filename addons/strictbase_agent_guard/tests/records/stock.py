# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
from odoo import Command

from .registry import makes


@makes("stock.picking")
def make_stock_picking(case):
    env = case.env
    env.company.stock_move_email_validation = True
    if "has_received_warning_stock_sms" in env.company._fields:
        env.company.has_received_warning_stock_sms = True
    product = env["product.product"].create(
        {"name": "Box", "type": "consu", "is_storable": False}
    )
    kind = env["stock.picking.type"].search(
        [("code", "=", "outgoing"), ("company_id", "=", env.company.id)], limit=1
    )
    picking = env["stock.picking"].create(
        {
            "partner_id": case.client.id,
            "picking_type_id": kind.id,
            "location_id": kind.default_location_src_id.id,
            "location_dest_id": kind.default_location_dest_id.id,
            "move_ids": [
                Command.create(
                    {
                        "product_id": product.id,
                        "product_uom_qty": 1,
                        "location_id": kind.default_location_src_id.id,
                        "location_dest_id": kind.default_location_dest_id.id,
                    }
                )
            ],
        }
    )
    picking.action_confirm()
    picking.move_ids.quantity = 1
    picking.move_ids.picked = True
    picking.message_unsubscribe(picking.message_partner_ids.ids)
    case.at["picking"] = picking.id
