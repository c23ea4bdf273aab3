# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
"""No search tells a token that the answer hides: by pattern, order, group or count, on
any text of any installed model.
"""

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..tools.client_secrets import learn, without_links, without_secrets
from .common import ConfirmationCase
from .common_http import GuardHttpCase

SECRET = "planted0token0123456789"
LINK = f'<a href="https://odoo.example/my/orders/7?access_token={SECRET}">Order</a>'


@tagged("post_install", "-at_install")
class TestSecretSearch(GuardHttpCase):
    records_of = ("project.task", "sale.order")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.note = cls.env["res.partner"].create(
            [{"name": "Plain", "comment": "Order"}, {"name": "Told", "comment": LINK}]
        )
        cls.env.flush_all()

    def ask(self, who, model, method, **kwargs):
        answer = self.rpc(who, f"{model}/{method}", **kwargs)
        self.assertTrue(answer.ok, answer.text)
        return answer.body

    def test_letter_by_letter(self):
        ours = ["id", "in", self.note.ids]
        for operator, pattern in (
            ("like", "access_token=%s"),
            ("ilike", "ACCESS_TOKEN=%s"),
            ("=like", "%%access_token=%s%%"),
            ("=ilike", "%%access_token=%s%%"),
        ):
            for start in (SECRET[:1], SECRET[:5], SECRET, "x", "x" + SECRET[1:]):
                condition = ["comment", operator, pattern % start]
                for domain in ([ours, condition], [ours, "!", condition]):
                    with self.subTest(str(domain)):
                        told = {
                            who: self.ask(
                                who, "res.partner", "search_count", domain=domain
                            )
                            for who in ("human", "agent")
                        }
                        right = self.note[1].comment.count(start) > 0
                        positive = len(domain) == 2
                        if right and start != "x":
                            self.assertEqual(told["human"], 1)
                        # what the agent is told does not depend on the token
                        self.assertEqual(told["agent"], 0 if positive else 2)

    def test_the_drafts_of_a_composer(self):
        if "sale.order" not in self.env:
            self.skipTest("sale not installed")
        order = self.env["sale.order"].browse(self.at["order"])
        order.access_token = SECRET
        values = {
            "model": "sale.order",
            "res_ids": str(order.ids),
            "composition_mode": "comment",
            "body": f"/my/orders/{order.id}?access_token={SECRET}",
        }
        draft = self.ask("agent", "mail.compose.message", "create", vals_list=[values])
        found = [
            self.ask(
                "agent",
                "mail.compose.message",
                "search_count",
                domain=[["id", "in", draft], ["body", "like", f"token={letter}"]],
            )
            for letter in "phx"
        ]
        # "token=hidden" is what it reads
        self.assertEqual(found, [0, 1, 0])

    def test_in_what_is_kept_as_json(self):
        """The history of a text, and properties that users have defined."""
        if "project.task" not in self.env:
            self.skipTest("project not installed")
        project = self.env["project.project"].create(
            {
                "name": "x",
                "privacy_visibility": "employees",
                "task_properties_definition": [
                    {"name": "link", "type": "char", "string": "Link"}
                ],
            }
        )
        url = f"https://odoo.example/my/orders/7?access_token={SECRET}"
        task = self.env["project.task"].create(
            {
                "name": "x",
                "project_id": project.id,
                "description": LINK,
                "task_properties": {"link": url},
            }
        )
        task.description = "<p>new</p>"
        self.env.flush_all()
        self.assertIn(SECRET, str(task.html_field_history))
        for name in ("html_field_history", "task_properties.link"):
            for start, right in (
                (f"access_token={SECRET[:4]}", True),
                ("access_token=x", False),
                ("my/orders/7", None),
            ):
                with self.subTest(name, start=start):
                    domain = [["id", "=", task.id], [name, "like", start]]
                    told = {
                        who: self.ask(
                            who, "project.task", "search_count", domain=domain
                        )
                        for who in ("human", "agent")
                    }
                    self.assertEqual(told["human"], int(right is not False))
                    self.assertEqual(told["agent"], int(right is None))

    def test_by_comparison_order_and_group(self):
        texts = self.env["res.partner"].create(
            [
                {"name": "B", "comment": LINK.replace(SECRET, f"{start}{SECRET}")}
                for start in "zam"
            ]
        )
        self.env.flush_all()
        among = [["id", "in", texts.ids]]
        order = self.ask(
            "human", "res.partner", "search", domain=among, order="comment"
        )
        self.assertEqual(order, (texts[1] + texts[2] + texts[0]).ids)
        order = self.ask(
            "agent", "res.partner", "search", domain=among, order="comment, id"
        )
        self.assertEqual(order, texts.ids)
        groups = self.ask(
            "agent",
            "res.partner",
            "formatted_read_group",
            domain=among,
            groupby=["comment"],
            aggregates=["__count"],
        )
        self.assertEqual([group["__count"] for group in groups], [3])
        for operator in ("<", ">", "<=", ">="):
            for start in ("0", "b", "n", "~"):
                condition = ["comment", operator, LINK.replace(SECRET, start)]
                found = self.ask(
                    "agent", "res.partner", "search_count", domain=[*among, condition]
                )
                self.assertIn(found, (0, 3), condition)

    def test_searches_that_are_right(self):
        """What an agent looks for in plain texts, it finds."""
        ours = ["id", "in", self.note.ids]
        for condition, count in (
            (["comment", "like", "Order"], 2),
            (["comment", "ilike", "my/orders/7"], 1),
            (["name", "=", "Plain"], 1),
            (["name", "in", ["Plain", "Told"]], 2),
            (["name", "!=", "Plain"], 1),
            (["name", "not in", ["Plain"]], 1),
            (["name", "=ilike", "pl%"], 1),
            (["comment", "=", False], 0),
            (["comment", "!=", False], 2),
            (["child_ids.name", "=", "x"], 0),
        ):
            for who in ("human", "agent"):
                found = self.ask(
                    who, "res.partner", "search_count", domain=[ours, condition]
                )
                self.assertEqual(found, count, f"{who} {condition}")
        found = self.ask("agent", "res.partner", "name_search", name="Plain")
        self.assertIn(self.note[0].id, [row[0] for row in found])


@tagged("post_install", "-at_install")
class TestEveryText(ConfirmationCase):
    """The oracle against every stored text of every installed model."""

    def test_every_text(self):
        agent = self.agent
        told = []
        tried = 0
        for name in sorted(self.env.registry):
            model = self.env[name].sudo().with_context(active_test=False)
            if model._abstract or not model._auto:
                continue
            texts = [
                field
                for field in model._fields.values()
                if field.store
                and field.column_type
                and field.type in ("char", "text", "html")
                and not field.company_dependent
            ]
            row = model.search([], limit=1)
            if not texts or not row:
                continue
            for field in texts:
                with self.env.cr.savepoint() as savepoint:
                    if not self._plant(row, field):
                        continue
                    tried += 1
                    as_agent = row.with_user(agent).sudo()
                    ours = ("id", "=", row.id)
                    for operator in ("like", "=like"):
                        hits = [
                            as_agent.search_count(
                                [ours, (field.name, operator, f"%token={start}%")]
                            )
                            for start in (SECRET[:1], "x")
                        ]
                        if hits[0] != hits[1]:
                            told.append(f"{field} {operator} {hits}")
                    savepoint.rollback()
                self.env.invalidate_all()
        self.assertGreater(tried, 300)
        self.assertFalse(told)

    def test_a_field_that_is_made_later(self):
        self.env["ir.model.fields"].create(
            {
                "name": "x_told",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "field_description": "Told",
                "ttype": "char",
            }
        )
        self.client["x_told"] = f"/x?access_token={SECRET}"
        for user, count in ((self.colleague, 1), (self.agent, 0)):
            for start in (SECRET[:1], SECRET):
                found = (
                    self.env["res.partner"]
                    .with_user(user)
                    .search_count([("x_told", "like", f"token={start}")])
                )
                self.assertEqual(found, count, f"{user.login} {start}")

    def _plant(self, row, field):
        text = f"/x?access_token={SECRET}"
        column = f'"{field.name}"'
        value = "jsonb_build_object('en_US', %s::text)" if field.translate else "%s"
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint(flush=False):
                self.env.cr.execute(
                    f'UPDATE "{row._table}" SET {column} = {value} WHERE id = %s',
                    [text, row.id],
                )
        except Exception:  # noqa: BLE001
            return False  # too long, unique or otherwise constrained
        self.env.invalidate_all()
        return True


@tagged("post_install", "-at_install")
class TestLinks(ConfirmationCase):
    def test_links(self):
        learn(["/survey/begin/<string:survey_token>/<string:answer_token>", "/x/<t>"])
        uuid = "12345678-9abc-def0-1234-56789abcdef0"
        for text in (
            f"/my/orders/1?access_token={uuid}",
            f"/my/orders/1?a=b&amp;access_token={uuid}",
            f"%3Faccess_token%3D{uuid}",
            f"%253Faccess_token%253D{uuid}",
            f"/slides/3/invite?invite_partner_id=2&invite_hash={uuid}",
            f"https://x.example/survey/start/{uuid}",
            f"/survey/{uuid}/{uuid}",
            f"/survey/begin/{uuid}/{uuid}",
            f"/rate/{uuid}/5",
            f"/chat/12/{uuid[:10]}",
            f"/calendar/join_videocall/{uuid}",
        ):
            self.assertNotIn(uuid[:10], without_links(text), text)
        for text in (
            f"https://github.com/x/y/commit/{uuid}",
            "Survey/Results of 2026, 50 % = half",
            f"/web/image/12?access_token={uuid}",
            "https://shop.example/product/chair-12?color=blue",
            uuid,
        ):
            self.assertEqual(without_links(text), text)

    def test_members(self):
        blanked = without_secrets(
            {"invite_hash": "x", "webhook_uuid": "y", "name": "token", "uuid": "z"}
        )
        self.assertEqual(
            blanked,
            {"invite_hash": False, "webhook_uuid": False, "name": "token", "uuid": "z"},
        )
