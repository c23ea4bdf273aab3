# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A registration sends its letter, with a ticket, while it is made."""

from odoo.tests import tagged

from odoo.addons.strictbase_agent_guard.tests.common_requests import RequestCase

CLIENT = "new@outside.example"
CREATE = "event.registration/create"


@tagged("post_install", "-at_install")
class TestRegistration(RequestCase):
    records_of = ("event.event",)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users["agent"].group_ids = [(4, cls.env.ref("event.group_event_user").id)]
        cls.env.flush_all()

    def _values(self, *names, **more):
        return [
            {
                "event_id": self.at["open_event"],
                "name": name,
                "email": CLIENT,
                **more,
            }
            for name in names or ("New",)
        ]

    def _letters(self):
        """How many are on their way to the client; none of them any more."""
        self.env.invalidate_all()
        domain = [("email_to", "ilike", CLIENT), ("state", "in", ("outgoing", "sent"))]
        letters = self.env["mail.mail"].search(domain)
        count = len(letters)
        letters.unlink()
        return count

    def _barcodes(self):
        self.env.invalidate_all()
        domain = [("email", "=", CLIENT)]
        return self.env["event.registration"].search(domain).mapped("barcode")

    def test_what_was_approved_is_sent(self):
        for names in (("New",), ("One", "Two")):
            with self.subTest(names):
                values = self._values(*names)
                told = self.ask("agent", CREATE, vals_list=values)
                answer = self.again(told, "agent", CREATE, vals_list=values)
                self.assertTrue(answer.ok, answer.text)
                self.assertEqual(self._letters(), len(names))
        # the same once more, and approved once more, is another registration
        told = self.ask("agent", CREATE, vals_list=values)
        self.assertTrue(self.again(told, "agent", CREATE, vals_list=values).ok)
        barcodes = self._barcodes()
        self.assertEqual(len(set(barcodes)), 5)
        self.assertTrue(all(code.isdigit() for code in barcodes))

    def test_another_name_was_not_approved(self):
        told = self.ask("agent", CREATE, vals_list=self._values())
        answer = self.again(told, "agent", CREATE, vals_list=self._values("Eve"))
        self.assertDiffers(answer)
        self.assertFalse(self._barcodes())

    def test_the_refusal_tells_of_the_letter_and_of_the_way_inside(self):
        answer = self.rpc("agent", CREATE, vals_list=self._values())
        told = self.asked(answer)
        self.assertIn(
            'instead: the registration without the mails: state "draft"',
            answer.body["message"],
        )
        # that it was refused is told to nobody: neither organizer nor followers
        reached = {
            recipient["address"]
            for item in self.items(told)
            for recipient in item["recipients"]
        }
        self.assertEqual(reached, {CLIENT})
        answer = self.rpc("agent", CREATE, vals_list=self._values(state="draft"))
        self.assertTrue(answer.ok, answer.text)
        self.assertFalse(self._letters())

    def test_a_person_draws_by_lot(self):
        values = self._values()
        made = self.env["event.registration"].create(values + values)
        self.assertEqual(len(set(made.mapped("barcode"))), 2)
