# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What belongs to a company: its bank accounts are not an agent's to change, and who
reads what is another company's is a person's to decide.
"""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ConfirmationCase
from .common_http import GuardHttpCase


@tagged("post_install", "-at_install")
class TestCompanies(ConfirmationCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = cls._user("company_portal")
        cls.portal.group_ids = [Command.set(cls.env.ref("base.group_portal").ids)]
        cls.reader = cls.portal.partner_id
        cls.company, cls.other = cls.env["res.partner"].create(
            [{"name": name, "is_company": True} for name in ("One", "Other")]
        )

    def as_agent(self, record):
        return record.with_user(self.agent)

    def test_bank_accounts_of_ones_own(self):
        own = self.env.company.partner_id
        values = {"acc_number": "BE71096123456769", "partner_id": own.id}
        accounts = self.env["res.partner.bank"]
        with self.assertRaises(AccessError):
            self.as_agent(accounts).create(values)
        account = accounts.create({**values, "allow_out_payment": False})
        for change in (
            lambda: self.as_agent(account).write({"acc_number": "BE02"}),
            lambda: self.as_agent(account).write({"sequence": 0}),
            lambda: self.as_agent(account).unlink(),
        ):
            with self.assertRaises(AccessError):
                change()
        account.with_user(self.colleague).write({"sequence": 3})

    def test_bank_accounts_of_others(self):
        values = {"acc_number": "BE71096123456769", "partner_id": self.company.id}
        account = self.as_agent(self.env["res.partner.bank"]).create(values)
        account.write({"sequence": 3, "acc_number": "BE68539007547034"})
        with self.assertRaises(AccessError):
            account.write({"partner_id": self.env.company.partner_id.id})
        account.unlink()

    def test_a_portal_user_comes_to_another_company(self):
        for move in (
            lambda: self.as_agent(self.reader).write({"parent_id": self.company.id}),
            lambda: self.as_agent(self.reader).write(
                {"commercial_partner_id": self.company.id}
            ),
        ):
            text = self.assertHeld(move)
            self.assertIn("by portal", text)
            self.assertIn(self.portal.name, text)
            self.env.invalidate_all()

    def test_with_those_above(self):
        team = self.env["res.partner"].create({"name": "Team"})
        self.reader.parent_id = team
        self.assertHeld(self.as_agent(team).write, {"parent_id": self.company.id})

    def test_what_opens_nothing(self):
        """Somebody without a user, a contact put in order within its company, and a
        portal user's contact that stays where it is."""
        self.as_agent(self.document).write({"parent_id": self.company.id})
        self.as_agent(self.document).write({"parent_id": self.other.id})
        self.reader.parent_id = self.company
        team = self.env["res.partner"].create(
            {"name": "Team", "parent_id": self.company.id}
        )
        self.as_agent(self.reader).write({"parent_id": team.id, "function": "Buyer"})
        self.as_agent(self.company).write(
            {"child_ids": [Command.create({"name": "Another"})]}
        )
        self.reader.with_user(self.colleague).write({"parent_id": self.other.id})

    def merge(self, partners, user=None):
        # with all rights: some applications want more than a merge needs
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(
            user or self.agent
        )
        wizard = wizard.sudo().create(
            {
                "partner_ids": [Command.set(partners.ids)],
                "dst_partner_id": partners[-1].id,
                "state": "selection",
            }
        )
        wizard.action_merge()

    def test_a_portal_user_is_merged_into_another(self):
        twin = self.env["res.partner"].create(
            {"name": "Twin", "email": self.reader.email, "parent_id": self.company.id}
        )
        self.assertHeld(self.merge, self.reader | twin)
        self.env.invalidate_all()
        self.reader.parent_id = self.company
        self.merge(self.reader | twin)
        self.assertFalse(self.reader.exists())

    def test_others_are_merged(self):
        twin = self.env["res.partner"].create(
            {"name": "Twin", "email": self.document.email}
        )
        self.merge(self.document | twin)
        self.assertFalse(self.document.exists())


@tagged("post_install", "-at_install")
class TestCompaniesWire(GuardHttpCase):
    def test_a_portal_user_is_put_below_another_company(self):
        """By the company's list, which Odoo writes on the others as who calls."""
        portal = self.env["res.users"].create(
            {
                "name": "Below",
                "login": "below_portal",
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        other = self.env["res.partner"].create({"name": "No user"})
        company = self.env["res.partner"].create({"name": "One", "is_company": True})
        for contact, held in ((portal.partner_id, True), (other, False)):
            answer = self.rpc(
                "agent",
                "res.partner/write",
                company.id,
                vals={"child_ids": [[4, contact.id]]},
            )
            self.assertEqual(answer.ok, not held, answer.text[:300])
            self.env.invalidate_all()
            self.assertEqual(contact.parent_id == company, not held)
