# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A refused call is kept also where reading calls are served by a replica."""

from unittest.mock import patch

from odoo import api
from odoo.tests import tagged

from .common_approval import CLIENT
from .common_requests import RequestCase


@tagged("post_install", "-at_install")
class TestReplica(RequestCase):
    def replica(self, there):
        type(self).set_registry_readonly_mode(there)
        self.addCleanup(type(self).set_registry_readonly_mode, True)

    def _asked_approved_sent(self):
        told = self.asked(self.post())
        self.assertEqual(self.row(told["request"]).state, "pending")
        self.assertEqual(self.asked(self.post()), told)
        self.assertEqual(self.status(told["request"]).body["state"], "pending")
        self.approve(told["request"])
        self.assertTrue(self.with_claim(told).ok)
        self.assertEqual(self.recipients(), [CLIENT])

    def test_with_a_replica(self):
        self.replica(True)
        self._asked_approved_sent()

    def test_without_a_replica(self):
        self.replica(False)
        self._asked_approved_sent()

    def test_refused_while_it_only_reads(self):
        """A reading method that would send: nothing can be written by its cursor."""
        self.replica(True)
        seen = []

        @api.model
        @api.readonly
        def search_count(partners, *args, **kwargs):
            seen.append(partners.env.cr.readonly)
            guard = partners.env["strictbase.agent.guard"]
            who = [{"name": "Client", "address": CLIENT}]
            guard._egress([guard._new_egress("e-mail", who, subject="Counted")])
            return 0

        model = type(self.env["res.partner"])
        with patch.object(model, "search_count", search_count):
            answer = self.rpc("agent", "res.partner/search_count", domain=[])
        told = self.asked(answer)
        self.assertTrue(seen[0])
        row = self.row(told["request"])
        self.assertEqual((row.state, row.subject), ("pending", "Counted"))
