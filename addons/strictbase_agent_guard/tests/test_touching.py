# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a call of an agent touches, and who counts as the last writer of a record."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ConfirmationCase


@tagged("post_install", "-at_install")
class TestTouching(ConfirmationCase):
    def touched(self):
        """(model, id) -> names, of the ledger from here on."""
        ledger = self.env["strictbase.agent.touch"].sudo()
        ledger._write_down()
        rows = ledger.search([("id", ">", self.last)])
        return {(row.model, row.res_id): set(row.names.split(",")) for row in rows}

    def setUp(self):
        super().setUp()
        ledger = self.env["strictbase.agent.touch"].sudo()
        ledger._write_down()
        self.last = ledger.search([], limit=1).id or 0

    def test_what_is_taken_out_of_a_list(self):
        tags = self.env["res.partner.category"].create(
            [{"name": name} for name in "abcd"]
        )
        partner = self.document.with_user(self.agent)
        for value, left in (
            ([Command.unlink(tags[0].id)], tags[:1]),
            ([Command.clear()], tags[:2]),
            ([Command.set(tags[2:3].ids)], tags[:3]),
            ([[5]], tags[:2]),
            ([[6, 0, []]], tags[:2]),
            (tags[2:3].ids, tags[:3]),
            (tags[2:3], tags[:3]),
            (False, tags[:2]),
            ([], tags[:0]),
            ([[4, tags[2].id]], tags[2:3]),
            ([[0, "virtual_1", {"name": "new"}]], tags[:0]),
        ):
            with self.subTest(str(value)), self.env.cr.savepoint() as savepoint:
                self.document.category_id = tags[:2]
                partner.write({"category_id": value})
                touched = self.touched()
                for tag in left:
                    self.assertEqual(
                        touched.get((tag._name, tag.id)), {"res.partner.category_id"}
                    )
                others = (tags - left).ids
                self.assertFalse(touched.keys() & {(tags._name, i) for i in others})
                savepoint.rollback()
            self.env.invalidate_all()

    def test_an_id_is_a_number(self):
        """PostgreSQL would take it for one, and the ledger would not know of it."""
        tag = self.env["res.partner.category"].create({"name": "a"})
        for given in (str(tag.id), float(tag.id), f" {tag.id}", tag.id - 0.4):
            for value in ([[4, given]], [[3, given]], [[6, 0, [given]]], [given]):
                for partner in (self.document, self.env["res.partner"]):
                    partner = partner.with_user(self.agent)
                    values = {"name": "x", "category_id": value}
                    with (
                        self.subTest(f"{partner} {value}"),
                        self.assertRaisesRegex(UserError, "whole numbers"),
                        self.env.cr.savepoint(),
                    ):
                        partner.write(values) if partner else partner.create(values)

    def worked_out(self, partner, user, at_hand=False):
        """As Odoo stores a total anew, with or without the record in memory."""
        self.env.flush_all()
        self.env.invalidate_all()
        if at_hand:
            partner.mapped("write_uid")
        partner.with_user(user)._write_multi([{"color": 7}] * len(partner))
        self.env.invalidate_all()

    def test_the_last_writer_of_what_is_worked_out(self):
        own, other = self.document, self.client
        for at_hand in (False, True):
            own.with_user(self.agent).write({"ref": "agent's", "color": 1})
            other.with_user(self.colleague).write({"ref": "colleague's", "color": 1})
            self.worked_out(own | other, self.approver, at_hand)
            self.assertEqual((own.color, other.color), (7, 7))
            self.assertEqual(own.write_uid, self.agent)
            self.assertEqual(other.write_uid, self.approver)
        # what a person saves is that person's
        own.with_user(self.colleague).write({"ref": "seen"})
        self.worked_out(own, self.approver)
        self.assertEqual(own.write_uid, self.approver)

    def test_the_last_writer_costs_no_query(self):
        self.document.with_user(self.agent).write({"ref": "agent's"})
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(1):
            self.document.with_user(self.approver)._write_multi([{"color": 7}])
