# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The buttons, clicked in a browser by an approver who has signed in."""

from odoo.tests import tagged

from .test_requests import GUARD, RequestCase


@tagged("post_install", "-at_install", "agent_tours")
class TestTours(RequestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users["approver"].password = cls.users["approver"].login

    def setUp(self):
        super().setUp()
        self.told = self.asked(self.post(subject="An offer", body="Ten euros"))

    def tour(self, name, path="/odoo/agent-approvals"):
        self.start_tour(path, name, login=self.users["approver"].login, timeout=600)
        # from here on with keys again
        self.authenticate(None, None)

    def send(self):
        return self.with_claim(self.told, subject="An offer", body="Ten euros")

    def test_approve(self):
        self.tour("agent_guard_approve")
        self.assertEqual(self.row(self.told["request"]).user_id, self.users["approver"])
        self.assertTrue(self.send().ok)

    def test_reject(self):
        self.tour("agent_guard_reject")
        self.assertIn("token: rejected: Too early", self.send().text)

    def test_stop(self):
        overview = f"/odoo/action-{GUARD}.agent_overview_action"
        self.tour("agent_guard_stop", overview)
        self.assertFalse(self.env["strictbase.agent.guard"]._is_stopped())
