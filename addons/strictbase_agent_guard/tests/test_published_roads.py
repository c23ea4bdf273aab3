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
    def _whole(self, model, shown):
        """What a line is for, seen by visitors or not."""
        values = {"name": "x"}
        if model in ("product.product", "product.template"):
            values |= {"is_published": shown, "sale_ok": True}
        elif model == "loyalty.program":
            values |= {"program_type": "promotion", "ecommerce_ok": shown}
        elif model == "event.event":
            values |= {"date_begin": "2030-01-01", "date_end": "2030-01-02"}
            values |= {"is_published": shown}
        elif model == "slide.slide":
            channel = self.env["slide.channel"].create(
                {"name": "x", "is_published": shown, "visibility": "public"}
            )
            values |= {"channel_id": channel.id, "is_published": shown}
            values |= {"is_preview": True}
        elif model == "slide.question":
            slide = self._whole("slide.slide", shown)
            values = {"question": "x", "slide_id": slide.id}
        elif model == "survey.survey":
            values = {"title": "x"}
            if shown:
                values["user_input_ids"] = [(0, 0, {"email": "x@outside.example"})]
        return self.env[model].create(values)

    def _value(self, value, user=None, field=None):
        if value == "@me":
            return user.id
        if value == "@own":
            own = self.env[field.comodel_name].with_user(user).sudo()
            return own.create({"name": "x", "description": "<p>Words</p>"}).id
        if value == "@mine":
            return self.colleague.partner_id.id
        if value in ("@page", "@draft"):
            return self._whole(field.comodel_name, value == "@page").id
        if value == "@lines":
            lines = self.env[field.comodel_name]
            return [(4, lines.create({lines._rec_name: "Words"}).id)]
        if value == "@new_lines":
            return [(0, 0, {self.env[field.comodel_name]._rec_name: "Words"})]
        if value == "@page_in_list":
            return self._whole(field.comodel_name, True).ids
        if not isinstance(value, str) or not value.startswith("@"):
            return value
        if value.startswith("@ref:"):
            return self.env.ref(value[5:]).id
        model = self.env[value[1:]]
        return (model.search([], limit=1) or model.create({"name": "x"})).id

    def _values(self, values, user, model):
        fields = self.env[model]._fields
        return {
            name: self._value(value, user, fields.get(name))
            for name, value in values.items()
        }

    def _take(self, road, user):
        model = self.env[road.model].with_user(user).sudo()
        values = self._values(road.values, user, road.model)
        if road.method == "create":
            return model.create(values)
        given = self.env[road.model].create(self._values(road.given, user, road.model))
        if road.model == "chatbot.script" and "script_step_ids" in road.given:
            self.env["im_livechat.channel.rule"].create({"chatbot_script_id": given.id})
        if road.model == "event.booth.category" and road.read is None:
            self.env["event.booth"].create(
                {
                    "name": "x",
                    "event_id": self._whole("event.event", True).id,
                    "booth_category_id": given.id,
                }
            )
        self.env.flush_all()
        record = model.browse(given.id)
        record.write(values)
        return record

    def _there(self, road):
        if road.model not in self.env:
            return False
        fields = self.env[road.model]._fields
        given = {**(road.given or {}), **road.values}
        if not given.keys() <= fields.keys():
            return False
        wholes = {
            fields[name].comodel_name
            for values in (road.given or {}, road.values)
            for name, value in values.items()
            if str(value).startswith(("@page", "@draft"))
        }
        return all(
            name in ("loyalty.program", "survey.survey", "slide.question")
            or "is_published" in self.env[name]._fields
            for name in wholes
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

    def test_strict_about_names(self):
        """What the site says, also of what it reads with all rights."""
        tried = (
            (
                "event.sponsor",
                {
                    "name": "y",
                    "event_id": "@page",
                    "partner_id": "@res.partner",
                    "sponsor_type_id": "@event.sponsor.type",
                },
                "name",
            ),
            ("event.track", {"name": "y", "event_id": "@page"}, "partner_name"),
            ("event.track.location", {"name": "y"}, "name"),
            ("product.public.category", {"name": "y"}, "name"),
        )
        if "product.public.category" in self.env:
            # without a shop no page says what a product is called
            tried += (("product.template", {"name": "y"}, "name"),)
        for model, values, field in tried:
            if model not in self.env:
                continue
            record = self.env[model].create(self._values(values, self.agent, model))
            as_agent = record.with_user(self.agent).sudo()
            parameters = self.env["ir.config_parameter"]
            with self.subTest(model):
                parameters.set_param(f"{MODULE}.strict_fields", False)
                as_agent.write({field: "x"})
                parameters.set_param(f"{MODULE}.strict_fields", "1")
                self.assertHeld(as_agent.write, {field: "Words"})
                as_agent.write({field: "x"})
