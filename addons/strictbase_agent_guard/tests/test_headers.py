# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Headers that have something sent to an address, and mailings that go out again."""

from unittest import SkipTest

from odoo.tests import tagged

from .common import ConfirmationCase


@tagged("post_install", "-at_install")
class TestHeaders(ConfirmationCase):
    def note(self, headers):
        """An internal note to a colleague, with headers of the caller's choice."""
        return self.post(
            partner_ids=self.colleague.partner_id.ids,
            subtype_xmlid="mail.mt_note",
            mail_headers=headers,
        )

    def test_an_address_outside_in_a_header(self):
        for name in (
            "Bcc",
            "Return-Path",
            "Errors-To",
            "Disposition-Notification-To",
            "return-receipt-to",
        ):
            with self.subTest(name=name):
                self.assertHeld(self.note, {name: "victim@outside.example"})

    def test_harmless_headers(self):
        self.assertTrue(self.note({"X-Topic": "victim@outside.example"}))

    def test_bounces_to_odoo_itself(self):
        domain = self.env["mail.alias.domain"].create(
            {"name": "mail.inside.example", "bounce_alias": "bounce"}
        )
        self.env.company.alias_domain_id = domain
        self.assertTrue(self.note({"Return-Path": domain.bounce_email}))
        self.assertTrue(self.note({}))


@tagged("post_install", "-at_install")
class TestMailingUnderTest(ConfirmationCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "mailing.mailing" not in cls.env:
            raise SkipTest("mass_mailing is not installed")
        cls.agent.group_ids |= cls.env.ref("mass_mailing.group_mass_mailing_user")
        cls.campaign = cls.env["utm.campaign"].create({"name": "Under test"})
        cls.mailing = cls.env["mailing.mailing"].create(
            {
                "subject": "Finished",
                "mailing_model_id": cls.env["ir.model"]._get_id("res.partner"),
                "campaign_id": cls.campaign.id,
                "state": "done",
            }
        )

    def test_a_finished_mailing_is_not_put_under_test(self):
        mailing = self.mailing.with_user(self.agent)
        mailing.write({"name": "Renamed"})
        self.assertHeld(mailing.write, {"ab_testing_enabled": True})

    def test_words_and_time_of_one_under_test(self):
        self.mailing.ab_testing_enabled = True
        self.assertHeld(
            self.mailing.with_user(self.agent).write, {"subject": "Other words"}
        )
        self.assertHeld(
            self.campaign.with_user(self.agent).write,
            {"ab_testing_schedule_datetime": "2020-01-01 00:00:00"},
        )
