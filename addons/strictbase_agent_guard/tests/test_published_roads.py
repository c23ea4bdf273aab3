# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
"""Roads by which a record comes to be seen outside without anything being sent.

Each is taken by a colleague first, to see that a visitor can then read it, and by an
agent, who is held. What looks like one and opens nothing stays free.
"""

from collections import namedtuple

from odoo.tests import tagged

from .common import MODULE, ConfirmationCase

#: ``given`` is made by the system, ``call`` is the road; ``read`` whether a visitor can
#: then read the record by its access rules, None where a page shows it by itself.
Road = namedtuple("Road", "title model given method values read")


def made(title, model, values, read=True):
    return Road(title, model, None, "create", values, read)


def changed(title, model, given, values, read=True):
    return Road(title, model, given, "write", values, read)


ROADS = [
    made("blog post", "blog.post", {"name": "x", "blog_id": "@blog.blog",
         "content": "<p>Words</p>", "is_published": True}),
    changed("blog post, by the multi-website field", "blog.post",
            {"name": "x", "blog_id": "@blog.blog"}, {"website_published": True}),
    changed("words of a published blog post", "blog.post",
            {"name": "x", "blog_id": "@blog.blog", "is_published": True},
            {"content": "<p>Words</p>"}),
    made("forum question", "forum.post", {"name": "x", "forum_id": "@forum.forum",
         "content": "<p>Words</p>"}),
    changed("forum opened", "forum.forum", {"name": "x", "privacy": "private",
            "authorized_group_id": "@ref:base.group_user"}, {"privacy": "public"}),
    changed("course published", "slide.channel", {"name": "x", "user_id": "@me"},
            {"is_published": True}),
    changed("course opened", "slide.channel", {"name": "x", "is_published": True,
            "user_id": "@me",
            "visibility": "members", "enroll": "invite"}, {"visibility": "public"}),
    changed("job published", "hr.job", {"name": "x"}, {"website_published": True}),
    changed("description of a published job", "hr.job",
            {"name": "x", "website_published": True},
            {"website_description": "<p>Words</p>"}),
    changed("product published", "product.template", {"name": "x"},
            {"is_published": True}),
    changed("description of a published product", "product.template",
            {"name": "x", "is_published": True},
            {"website_description": "<p>Words</p>"}),
    changed("event published", "event.event", {"name": "x",
            "date_begin": "2030-01-01", "date_end": "2030-01-02"},
            {"is_published": True}),
    changed("event shown", "event.event", {"name": "x", "date_begin": "2030-01-01",
            "date_end": "2030-01-02", "website_visibility": "link"},
            {"website_visibility": "public"}, read=None),
    changed("survey opened", "survey.survey", {"title": "x", "access_mode": "token"},
            {"access_mode": "public"}, read=None),
    changed("project opened", "project.project",
            {"name": "x", "privacy_visibility": "followers"},
            {"privacy_visibility": "portal"}, read=None),
    changed("mailing group opened", "mail.group", {"name": "x", "alias_name": "x-y",
            "access_mode": "members"}, {"access_mode": "public"}, read=None),
    made("public file", "ir.attachment", {"name": "x.txt", "raw": b"Words",
         "public": True}, read=None),
    changed("file made public", "ir.attachment", {"name": "x.txt", "raw": b"Words"},
            {"public": True}, read=None),
    changed("channel opened to everybody", "discuss.channel",
            {"name": "x", "channel_type": "channel"}, {"group_public_id": False}),
    changed("channel opened to visitors", "discuss.channel",
            {"name": "x", "channel_type": "channel"},
            {"group_public_id": "@ref:base.group_public"}),
    made("channel made for everybody", "discuss.channel",
         {"name": "x", "channel_type": "channel", "group_public_id": False}),
    made("live chat", "im_livechat.channel", {"name": "Words"}, read=None),
    changed("words of the live chat", "im_livechat.channel", {"name": "x"},
            {"name": "Words"}, read=None),
]

#: They look like the above.
FREE = [
    made("blog post drafted", "blog.post", {"name": "x", "blog_id": "@blog.blog",
         "content": "<p>Words</p>"}),
    changed("blog post withdrawn", "blog.post", {"name": "x", "blog_id": "@blog.blog",
            "is_published": True}, {"is_published": False}),
    made("course drafted", "slide.channel", {"name": "x"}),
    changed("course closed", "slide.channel",
            {"name": "x", "user_id": "@me", "visibility": "public", "is_published": True},
            {"visibility": "connected", "is_published": False}),
    made("job drafted", "hr.job", {"name": "x", "description": "<p>Words</p>"}),
    made("product created", "product.template", {"name": "x",
         "description": "<p>Internal</p>"}),
    changed("price of a published product", "product.template",
            {"name": "x", "is_published": True}, {"list_price": 5, "name": "y"}),
    made("event drafted", "event.event", {"name": "x", "date_begin": "2030-01-01",
         "date_end": "2030-01-02"}),
    made("project", "project.project", {"name": "x"}),
    made("project for followers", "project.project",
         {"name": "x", "privacy_visibility": "followers"}),
    changed("project closed", "project.project",
            {"name": "x", "privacy_visibility": "portal"},
            {"privacy_visibility": "employees"}),
    changed("project as it was", "project.project",
            {"name": "x", "privacy_visibility": "portal"},
            {"privacy_visibility": "portal", "name": "y"}),
    made("survey", "survey.survey", {"title": "x", "user_id": False}),
    made("public meeting", "calendar.event", {"name": "x", "privacy": "public",
         "start": "2030-01-01 10:00:00", "stop": "2030-01-01 11:00:00"}),
    made("channel of colleagues", "discuss.channel",
         {"name": "x", "channel_type": "channel",
          "group_public_id": "@ref:base.group_user"}),
    made("file", "ir.attachment", {"name": "x.txt", "raw": b"Words"}),
    changed("file no longer public", "ir.attachment",
            {"name": "x.txt", "raw": b"Words", "public": True}, {"public": False}),
    made("contact", "res.partner", {"name": "x", "comment": "<p>Internal</p>"}),
    made("task", "project.task", {"name": "x", "description": "<p>Words</p>"}),
]


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
