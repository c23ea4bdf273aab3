# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Defaults of an agent's context go where Odoo puts them, and are judged there."""

from odoo.tests import tagged

from .common import ConfirmationCase


@tagged("post_install", "-at_install")
class TestContextDefaults(ConfirmationCase):
    def categories(self):
        if "product.product" not in self.env:
            self.skipTest("product not installed")
        # who works with products only
        self.agent.group_ids += self.env.ref("product.group_product_manager")
        return self.env["product.category"].create([{"name": "A"}, {"name": "B"}])

    def test_a_variant_leaves_its_template_alone(self):
        own, other = self.categories()
        template = self.env["product.template"].create(
            {"name": "Chair", "categ_id": own.id}
        )
        variants = self.env["product.product"].with_user(self.agent)
        context = {"default_categ_id": other.id, "default_barcode": "4711-4712"}
        variant = variants.with_context(**context).create(
            {"product_tmpl_id": template.id}
        )
        self.assertEqual(template.categ_id, own)
        self.assertEqual(variant.barcode, "4711-4712")
        # its own template is new, and gets it
        values = {"name": "Table", "barcode": "4711-4713"}
        made = variants.with_context(**context).create(values)
        self.assertEqual(made.categ_id, other)

    def test_a_user_leaves_its_contact_alone(self):
        """Asked of the values: agents do not make users."""
        users = self.env["res.users"].with_user(self.agent)
        users = users.with_context(default_name="Mine", default_login="mine")
        (values,) = users._agent_guard_with_defaults([{"partner_id": self.client.id}])
        self.assertEqual(values, {"partner_id": self.client.id, "login": "mine"})
        (values,) = users._agent_guard_with_defaults([{"lang": "en_US"}])
        self.assertEqual(values["name"], "Mine")

    def test_lists(self):
        """As Odoo takes them: ids into a set, lines into new lines."""
        tags = self.env["res.partner.category"].create([{"name": "a"}, {"name": "b"}])
        partner = (
            self.env["res.partner"]
            .with_user(self.agent)
            .with_context(
                default_category_id=tags.ids,
                default_child_ids=[{"name": "Below", "category_id": False}],
            )
            .create({"name": "Above"})
        )
        self.assertEqual(partner.category_id, tags)
        self.assertIn("Below", partner.child_ids.mapped("name"))

    def test_an_approval_is_not_stored(self):
        """Neither given nor by default, and the caller's own values stay theirs."""
        context = {"agent_confirmation_token": "planted", "lang": "en_US"}
        values = {
            "model": "res.partner",
            "res_id": self.document.id,
            "body": "x",
            "is_note": True,
            "author_id": self.agent.partner_id.id,
            "scheduled_date": "2099-01-01 00:00:00",
        }
        scheduled = self.env["mail.scheduled.message"].with_user(self.agent)
        given = {**values, "send_context": context}
        for made in (
            scheduled.create(given),
            scheduled.with_context(default_send_context=context).create(values),
        ):
            self.assertEqual(made.sudo().send_context, {"lang": "en_US"})
        self.assertIn("agent_confirmation_token", given["send_context"])

    def test_nobody_hides_words_of_a_person_by_default(self):
        messages = self.env["mail.message"]
        values = {"model": "res.partner", "res_id": self.document.id, "body": "x"}
        for user, hidden in ((self.colleague, False), (self.agent, True)):
            given = messages.with_user(user).with_context(
                default_agent_unapproved=not hidden
            )
            self.assertEqual(given.create(values).sudo().agent_unapproved, hidden)

    def test_a_default_makes_no_file_one_of_odoo(self):
        """Odoo's own code names the field of what it makes, as with a print."""
        files = self.env["ir.attachment"].with_user(self.agent).sudo()
        values = {"name": "a.txt", "raw": b"x", "res_model": "res.partner"}
        values["res_id"] = self.document.id
        field = {"res_field": "image_1920"}
        for given, context, hidden in (
            (values, {}, True),
            ({**values, **field}, {}, False),
            (values, {"default_res_field": "image_1920"}, True),
            ({**values, **field}, {"default_description": "x"}, False),
        ):
            made = files.with_context(**context).create(given)
            self.assertEqual(made.agent_unapproved, hidden, f"{given} {context}")

    def test_what_is_given_stays(self):
        partners = self.env["res.partner"].with_user(self.agent)
        partners = partners.with_context(default_ref="default", default_city="Ghent")
        one, other = partners.create([{"name": "A", "ref": "own"}, {"name": "B"}])
        self.assertEqual((one.ref, one.city), ("own", "Ghent"))
        self.assertEqual((other.ref, other.city), ("default", "Ghent"))
