# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the ledger of agents' touches costs: one insert a call and model."""

from odoo.tests import tagged

from .common_origin import OriginCase


@tagged("post_install", "-at_install")
class TestLedgerCost(OriginCase):
    def test_one_insert_for_a_call(self):
        self.cr.execute("DELETE FROM strictbase_agent_touch")
        self.ok(
            "agent",
            "res.partner/write",
            [self.at["file"], self.at["quiet"]],
            vals={"comment": "x"},
        )
        self.cr.execute(
            "SELECT model, array_agg(DISTINCT names) FROM strictbase_agent_touch "
            "GROUP BY model"
        )
        self.assertEqual(dict(self.cr.fetchall()), {"res.partner": ["comment"]})
