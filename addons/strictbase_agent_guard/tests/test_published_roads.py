# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
"""Roads by which a record comes to be seen outside without anything being sent.

Each is taken by a colleague first, to see that a visitor can then read it, and by an
agent, who is held. What looks like one and opens nothing stays free.
"""

from odoo.tests import tagged

from .common import MODULE, ConfirmationCase
from .roads_published import FREE, ROADS


@tagged("post_install", "-at_install")
class TestPublishedRoads(ConfirmationCase):
    def _value(self, value, user=None):
        if value == "@me":
            return user.id
        if not isinstance(value, str) or not value.startswith("@"):
            return value
        if value.startswith("@ref:"):
            return self.env.ref(value[5:]).id
        model = self.env[value[1:]]
        return (model.search([], limit=1) or model.create({"name": "x"})).id

    def _values(self, values, user):
        return {name: self._value(value, user) for name, value in values.items()}

    def _take(self, road, user):
        model = self.env[road.model].with_user(user).sudo()
        values = self._values(road.values, user)
        if road.method == "create":
            return model.create(values)
        given = self.env[road.model].create(self._values(road.given, user))
        self.env.flush_all()
        record = model.browse(given.id)
        record.write(values)
        return record

    def _there(self, road):
        return road.model in self.env and all(
            name in self.env[road.model]._fields
            for name in {*road.values, *(road.given or ())}
        )

    def test_roads(self):
        public = self.env.ref("base.public_user")
        self.env["ir.config_parameter"].set_param("mail.catchall.domain", "x.example")
        for road in filter(self._there, ROADS):
            with self.subTest(road.title), self.env.cr.savepoint() as savepoint:
                record = self._take(road, self.colleague)
                if road.read:
                    self.assertTrue(
                        record.with_user(public).sudo(False).has_access("read"),
                        "is no road",
                    )
                savepoint.rollback()
                self.env.invalidate_all()
                self.assertHeld(self._take, road, self.agent)
                savepoint.rollback()
            self.env.invalidate_all()

    def test_what_stays_free(self):
        for road in filter(self._there, FREE):
            with self.subTest(road.title), self.env.cr.savepoint() as savepoint:
                self._take(road, self.agent)
                savepoint.rollback()
            self.env.invalidate_all()

    def test_translated_words_of_a_page(self):
        if "blog.post" not in self.env:
            self.skipTest("website_blog not installed")
        self.env["res.lang"]._activate_lang("fr_FR")
        post = self.env["blog.post"].create(
            {
                "name": "x",
                "blog_id": self._value("@blog.blog"),
                "content": "<p>Hello</p>",
                "is_published": True,
            }
        )
        as_agent = post.with_user(self.agent).sudo()
        self.assertHeld(
            as_agent.update_field_translations,
            "content",
            {"fr_FR": {"Hello": "Words"}},
        )
        post.is_published = False
        as_agent.update_field_translations("content", {"fr_FR": {"Hello": "Words"}})

    def test_strict_fields(self):
        if "project.task" not in self.env:
            self.skipTest("project not installed")
        task = self.env["project.task"].create({"name": "x"})
        as_agent = task.with_user(self.agent).sudo()
        as_agent.write({"name": "y"})
        self.env["ir.config_parameter"].set_param(f"{MODULE}.strict_fields", "1")
        self.assertHeld(as_agent.write, {"name": "z"})
        as_agent.write({"priority": "1"})
        self.assertHeld(as_agent.create, {"name": "z"})
        self.document.with_user(self.colleague).write({"comment": "x"})
