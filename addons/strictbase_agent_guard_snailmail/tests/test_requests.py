# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What was approved of a letter on paper is what is printed."""

from odoo.tests import tagged

from odoo.addons.strictbase_agent_guard.tests.common_requests import RequestCase

QUEUE = "snailmail.snailmail_print"


@tagged("post_install", "-at_install")
class TestRequests(RequestCase):
    records_of = ("account.move", "snailmail.letter")

    def setUp(self):
        super().setUp()
        if "letter_file" not in self.at:
            self.skipTest("account not installed")
        self.values = {
            "partner_id": self.client.id,
            "model": "account.move",
            "res_id": self.at["invoice"],
            "company_id": self.at["company"],
            "attachment_id": self.at["letter_file"],
        }
        # what waits there already belongs to others
        self.env["snailmail.letter"].search([]).write({"state": "canceled"})
        self.file = self.env["ir.attachment"].browse(self.at["letter_file"])
        self.call = ("agent", "snailmail.letter/create")
        self.env.flush_all()

    def ask(self, **values):
        return super().ask(*self.call, vals_list=[{**self.values, **values}])

    def again(self, told, **values):
        return super().again(told, *self.call, vals_list=[{**self.values, **values}])

    def printed(self):
        self.pass_time(QUEUE)
        return [url for _m, url, _body in self.wire.requests if "/snailmail/" in url]

    def test_what_the_approver_sees(self):
        (item,) = self.items(self.ask(duplex=True, color=False))
        self.assertEqual(item["channel"], "letter")
        self.assertEqual(item["recipients"][0]["name"], "Client")
        self.assertIn("Main street 1", item["recipients"][0]["address"])
        self.assertEqual(item["attachments"][0]["name"], "letter.pdf")
        self.assertIn("on both sides", item["note"])

    def test_printed_as_approved(self):
        told = self.ask()
        answer = self.again(told)
        self.assertTrue(answer.ok, answer.text)
        self.assertTrue(self.printed())
        self.assertIn("already used", self.again(told).text)

    def test_another_document(self):
        told = self.ask()
        self.file.raw = self.file.raw + b"%changed"
        self.env.flush_all()
        self.assertDiffers(self.again(told), "attachment changed: letter.pdf")
        self.assertFalse(self.printed())

    def test_another_address(self):
        told = self.ask()
        self.client.street = "Elsewhere 2"
        self.env.flush_all()
        self.assertDiffers(self.again(told), "Elsewhere 2")
        self.assertFalse(self.printed())

    def test_printed_otherwise(self):
        told = self.ask(color=False, duplex=False)
        answer = self.again(told, color=True, duplex=False)
        self.assertDiffers(answer, "what is done differs")
