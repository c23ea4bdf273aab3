# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What waits for an approver in a job's run holds up nothing else of that run."""

from odoo import Command
from odoo.tests import tagged

from odoo.addons.strictbase_agent_guard.tests.common_origin import CLIENT, OriginCase
from odoo.addons.strictbase_agent_guard.tests.common_requests import MODEL

QUEUE = "website_sale.ir_cron_send_availability_email"


@tagged("post_install", "-at_install")
class TestCarts(OriginCase):
    records_of = ("sale.order",)

    def setUp(self):
        super().setUp()
        if "website" not in self.at:
            self.skipTest("website_sale not installed")
        self.shopper = self.env["res.partner"].create(
            {"name": "Shopper", "email": "shopper@outside.example"}
        )

    def cart(self, partner):
        return {
            "partner_id": partner.id,
            "website_id": self.at["website"],
            "date_order": self.at["earlier"],
            "order_line": [Command.create({"product_id": self.at["product"]})],
        }

    def test_the_others_get_their_reminder(self):
        ours = self.ok("agent", "sale.order/create", vals_list=[self.cart(self.client)])
        theirs = self.env["sale.order"].create(self.cart(self.shopper))
        self.env.flush_all()
        self.pass_time(QUEUE)
        self.assertIn("shopper@outside.example", self.recipients())
        self.assertNotIn(CLIENT, self.recipients())
        self.assertTrue(theirs.cart_recovery_email_sent)
        held = self.held()
        self.assertEqual((held.model, held.res_id), ("sale.order", ours[0]))
        # and the next run goes on
        self.wire.clear()
        self.pass_time(QUEUE)
        self.assertFalse(self.recipients())
        row = self.env[MODEL].search([("held_id", "=", held.id)])
        row.with_user(self.users["approver"]).action_approve()
        self.pass_time(QUEUE)
        self.assertEqual(self.recipients(), {CLIENT})
