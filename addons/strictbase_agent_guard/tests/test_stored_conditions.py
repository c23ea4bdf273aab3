# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
"""A condition that an agent stores, for a job or with all rights, tells no token."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ConfirmationCase
from .common_http import GuardHttpCase

SECRET = "planted0token0123456789"
#: (model, field, what else such a record needs)
PLACES = [
    ("crm.team", "assignment_domain", {"name": "x"}),
    ("crm.team.member", "assignment_domain", {"crm_team_id": "@", "user_id": "@me"}),
    ("mailing.mailing", "mailing_domain", {"subject": "x", "mailing_model_id": "@"}),
    (
        "mailing.filter",
        "mailing_domain",
        {"name": "x", "mailing_model_id": "@", "mailing_domain": "[]"},
    ),
    ("loyalty.rule", "product_domain", {"program_id": "@"}),
    ("loyalty.reward", "discount_product_domain", {"program_id": "@"}),
]
TELLING = [
    "[('access_token', '=like', 'p%')]",
    "[('order_ids.access_token', '!=', False)]",
    "['|', ('id', '=', 1), ('order_ids', 'any', [('access_token', '>', 'p')])]",
    "[('user_id', '=', user.id), ('partner_id.signup_token', 'like', 'p')]",
    "[('message_ids.body', 'like', 'access_token=p')]",
    "[('message_ids', 'any', [('body', 'not ilike', 'p')])]",
    "[('partner_id.comment', '=ilike', '%p%')]",
    "[('channel_ids.uuid', 'like', 'p')]",
    "[('partner_id.channel_ids.uuid', '=', 'p')]",
]
PLAIN = [
    "[]",
    "[('email_from', 'ilike', '@client.example')]",
    "[('name', 'ilike', 'password'), ('active', 'in', [True, False])]",
    "[('name', 'in', ['access_token', 'secret'])]",
    "['&', ('partner_id.name', 'ilike', 'x'), ('create_date', '>=', '2030-01-01')]",
    "[('partner_id.country_id.code', '=', 'BE')]",
    "[('message_ids', '!=', False)]",
    "[('description', 'ilike', 'urgent')]",
    "[('message_ids.author_id', 'child_of', 3)]",
    "not a condition",
]


@tagged("post_install", "-at_install")
class TestStoredConditions(ConfirmationCase):
    def _places(self):
        for model, field, values in PLACES:
            if model in self.env and field in self.env[model]._fields:
                yield self.env[model].with_user(self.agent).sudo(), field, values

    def _values(self, model, values):
        values = dict(values)
        for name, value in values.items():
            comodel = model._fields[name].comodel_name
            if value == "@me":
                values[name] = self.colleague.id
            elif value == "@" and comodel == "ir.model":
                values[name] = self.env["ir.model"]._get_id("res.partner")
            elif value == "@":
                values[name] = self.env[comodel].create({"name": "x"}).id
        return values

    def test_what_tells(self):
        for model, field, values in self._places():
            values = self._values(model, values)
            record = model.create(values)
            for condition in TELLING:
                with self.subTest(f"{model._name}: {condition}"):
                    with self.assertRaises(AccessError) as refused:
                        record.write({field: condition})
                    self.assertIn(f"{model._name}.{field}", str(refused.exception))
                    with self.assertRaises(AccessError), self.env.cr.savepoint():
                        model.create({**values, field: condition})
                    if field in values:
                        continue
                    with self.assertRaises(AccessError), self.env.cr.savepoint():
                        model.with_context(**{f"default_{field}": condition}).create(
                            values
                        )

    def test_what_does_not(self):
        for condition in PLAIN:
            self.assertFalse(
                list(self.env["res.partner"]._agent_guard_tells(condition)), condition
            )
        for model, field, values in self._places():
            record = model.create(self._values(model, values))
            with self.subTest(model._name):
                record.write({field: "[('id', '>', 0)]"})
                self.assertEqual(record[field], "[('id', '>', 0)]")

    def test_a_filter_of_ones_own(self):
        """It is asked by whom it belongs to, as a search."""
        filters = self.env["ir.filters"].with_user(self.agent)
        own = {"name": "x", "model_id": "res.partner", "user_ids": self.agent.ids}
        filters.create({**own, "domain": "[('message_ids.body', 'like', 'x')]"})
        with self.assertRaises(AccessError):
            filters.create({**own, "domain": "[('signup_token', 'like', 'x')]"})

    def test_people_store_what_they_like(self):
        for model, field, values in self._places():
            record = self.env[model._name].create(self._values(model, values))
            record.write({field: "[('message_ids.body', 'like', 'x')]"})


@tagged("post_install", "-at_install")
class TestConditionsWithAllRights(GuardHttpCase):
    """Odoo's own code evaluates with all rights what an agent has chosen before this
    was refused, or by a road that nobody knows."""

    records_of = ("sale.order",)

    def test_with_all_rights(self):
        if "sale.order" not in self.env:
            self.skipTest("sale not installed")
        order = self.env["sale.order"].browse(self.at["order"])
        order.access_token = SECRET
        self.env.flush_all()
        orders = order.with_user(self.users["agent"]).sudo()

        def count(*condition):
            return orders.search_count([("id", "=", order.id), condition])

        for pattern in ("p%", "planted%", "x%", "hidden"):
            found = count("access_token", "=like", pattern)
            self.assertEqual(found, int(pattern == "hidden"), pattern)
        self.assertEqual(count("access_token", "<", "z"), 1)
        self.assertEqual(count("access_token", "<", "i"), 1)
        # there is one, and who has it all is told so, as Odoo's pages need
        self.assertEqual(count("access_token", "!=", False), 1)
        self.assertEqual(count("access_token", "=", SECRET), 1)
        self.assertEqual(count("access_token", "=", "x"), 0)
        groups = orders._read_group([("id", "=", order.id)], ["access_token"])
        self.assertEqual(groups, [("hidden",)])
