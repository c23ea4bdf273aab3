# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
"""An agent stores nothing that runs where somebody else opens it."""

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import TransactionCase, tagged

from ..tools.active_content import (
    is_active,
    is_active_address,
    is_active_link,
    is_more_than_colour,
)
from .common import MODULE, ConfirmationCase

SCRIPT = "<p>Hello</p><script>alert(1)</script>"


class TestActiveContent(TransactionCase):
    def test_what_runs(self):
        for text in (
            SCRIPT,
            "<SCRIPT src=//x.example/a.js>",
            "<img src=x onerror=alert(1)>",
            '<img src="x"onerror=alert(1)>',
            "<svg/onload=alert(1)>",
            "<svg><animate attributeName=href values=javascript:alert(1)>",
            '<a href="javascript:alert(1)">x</a>',
            '<a href="java\tscript:alert(1)">x</a>',
            '<a href="&#106;avascript:alert(1)">x</a>',
            "<a href=' \x01javascript&colon;alert(1)'>x</a>",
            '<iframe srcdoc="x">',
            "<object data=x>",
            '<meta http-equiv="refresh" content="0;url=https://x.example">',
            '<base href="https://x.example">',
            '<a href="data:text/html,x">x</a>',
        ):
            self.assertTrue(is_active(text), text)

    def test_what_does_not(self):
        for text in (
            "<p>Turn it on = now, 1 < 2, set it up on Monday = fine</p>",
            "<p>JavaScript: the good parts</p>",
            '<a href="https://x.example/on=1?a=b">x</a>',
            '<img src="data:image/png;base64,AAAA"/>',
            '<p style="color: red" class="o_on_top" data-on="1">x</p>',
            "<table><tr><td>on=1</td></tr></table>",
        ):
            self.assertFalse(is_active(text), text)

    def test_addresses(self):
        for text in ("javascript:alert(1)", " JaVa\nScript:x", "data:text/html,x"):
            self.assertTrue(is_active_address(text), text)
        for text in ("https://x.example/javascript:x", "www.x.example", "/my/orders"):
            self.assertFalse(is_active_address(text), text)
        for text in ("javascript:alert(1)", "javascript://x%0a alert(1)"):
            self.assertTrue(is_active_link(text), text)
        for text in ("JavaScript: the good parts", "javascript", "https://x.example"):
            self.assertFalse(is_active_link(text), text)

    def test_colours(self):
        for text in (
            "red;background:url(https://x.example/p.png)",
            "red; position : fixed",
            "red/**/;/**/inset:0",
            "URL (//x.example)",
            "image-set('a' 1x)",
            "r\\65 d",
            "red}</style><script>",
        ):
            self.assertTrue(is_more_than_colour(text), text)
        for text in (
            "#875A7B",
            "rgba(1, 2, 3, .5)",
            "hsl(120deg 50% 50% / 0.5)",
            "var(--primary)",
            "linear-gradient(red, blue)",
            "Metallic Blue; black roof",
            "Two tones: red and white",
        ):
            self.assertFalse(is_more_than_colour(text), text)


@tagged("post_install", "-at_install")
class TestCode(ConfirmationCase):
    def test_groups_that_are_trusted_with_code(self):
        for xmlid in (
            "website.group_website_designer",
            "base.group_sanitize_override",
        ):
            group = self.env.ref(xmlid, raise_if_not_found=False)
            if not group:
                continue
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.agent.group_ids += group
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                group.user_ids += self.agent
            own = self.env["res.groups"].create({"name": "Implies it"})
            self.agent.group_ids += own
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                own.implied_ids += group
            self.colleague.group_ids += group

    def test_a_group_made_for_it(self):
        own = self.env["res.groups"].create({"name": "Views"})
        self.env["ir.model.access"].create(
            {
                "name": "views",
                "model_id": self.env["ir.model"]._get_id("ir.ui.view"),
                "group_id": own.id,
                "perm_write": True,
            }
        )
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.agent.group_ids += own

    def test_whoever_has_the_group_from_before(self):
        """As after an update: the group is in the database, and is worth nothing."""
        group = self.env.ref("website.group_website_designer", raise_if_not_found=False)
        if not group:
            self.skipTest("website not installed")
        self.env.cr.execute(
            "INSERT INTO res_groups_users_rel (gid, uid) VALUES (%s, %s)",
            [group.id, self.agent.id],
        )
        self.env.invalidate_all()
        self.env.registry.clear_all_caches()
        for name in ("website", "ir.ui.view", "website.page", "website.menu"):
            model = self.env[name].with_user(self.agent)
            self.assertFalse(model.has_access("write"), name)
            self.assertFalse(model.has_access("create"), name)
        self.assertFalse(self.agent.has_group("base.group_sanitize_override"))
        website = self.env["website"].search([], limit=1).with_user(self.agent)
        with self.assertRaises(AccessError):
            website.write({"custom_code_head": SCRIPT})

    def test_fields_that_odoo_does_not_sanitize(self):
        tried = 0
        for name in sorted(self.env.registry):
            for field in self.env[name]._fields.values():
                if field.type != "html" or field.sanitize or not field.store:
                    continue
                tried += 1
                model = self.env[name].with_user(self.agent).sudo()
                with self.assertRaises(AccessError, msg=str(field)):
                    model._agent_guard_without_code({field.name: SCRIPT})
                kept = model._agent_guard_without_code({field.name: "<p>Fine</p>"})
                self.assertIn("Fine", kept[field.name])
        self.assertTrue(tried)

    def test_translations(self):
        """Odoo stores those of sanitized fields as they come."""
        if "survey.survey" not in self.env:
            self.skipTest("survey not installed")
        self.env["res.lang"]._activate_lang("fr_FR")
        survey = self.env["survey.survey"].create(
            {"title": "x", "description": "<p>Hello</p>"}
        )
        as_agent = survey.with_user(self.agent).sudo()
        for term in ("Oui<script>alert(1)</script>", '<b onclick="x()">Oui</b>'):
            with self.assertRaises(AccessError):
                as_agent.update_field_translations(
                    "description", {"fr_FR": {"Hello": term}}
                )
        as_agent.update_field_translations(
            "description", {"fr_FR": {"Hello": "<b>Oui</b>"}}
        )
        survey.invalidate_recordset()
        self.assertIn("Oui", survey.with_context(lang="fr_FR").description)

    def test_files_at_an_address_of_the_site(self):
        files = self.env["ir.attachment"].with_user(self.agent)
        for values in (
            {"url": "/shop/x.js", "raw": b"alert(1)", "type": "binary"},
            {"url": "/x", "type": "url"},
            {"url": " /web/assets/x.js", "raw": b"alert(1)", "public": True},
            {"url": "javascript:alert(1)", "type": "url"},
        ):
            with self.assertRaises(AccessError, msg=values):
                files.sudo().create({"name": "x", **values})
        link = files.create(
            {"name": "x", "type": "url", "url": "https://x.example/a", **self.on_file()}
        )
        with self.assertRaises(AccessError):
            link.sudo().write({"url": "/a.js"})

    def on_file(self):
        return {"res_model": "res.partner", "res_id": self.document.id}

    def test_addresses_that_run(self):
        for name, field in (
            ("link.tracker", "url"),
            ("calendar.event", "videocall_location"),
            ("res.partner", "ref"),
        ):
            if name not in self.env:
                continue
            with self.assertRaises(AccessError):
                self.env[name].with_user(self.agent).sudo()._agent_guard_without_code(
                    {field: "javascript:alert(1)"}
                )

    def test_code_of_the_server(self):
        if "gamification.goal.definition" not in self.env:
            self.skipTest("gamification not installed")
        definitions = self.env["gamification.goal.definition"].with_user(self.agent)
        with self.assertRaises(AccessError):
            definitions.sudo().create(
                {
                    "name": "x",
                    "condition": "higher",
                    "computation_mode": "python",
                    "compute_code": "env['res.users'].search([])",
                }
            )

    def test_placeholders(self):
        if "mailing.mailing" not in self.env:
            self.skipTest("mass_mailing not installed")
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "Yours: {{ object.env.user.name }}",
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
            }
        )
        self.agent.group_ids += self.env.ref("mass_mailing.group_mass_mailing_user")
        as_agent = mailing.with_user(self.agent)
        as_agent.write({"user_id": self.agent.id, "keep_archives": True})
        for values in (
            {"preview": "x"},
            {"mailing_model_id": self.env["ir.model"]._get_id("res.users")},
            {"user_id": self.agent.id, "preview": "{{ object.env.user.login }}"},
        ):
            with self.assertRaises(AccessError, msg=values):
                as_agent.write(values)

    def test_jobs_that_odoo_makes(self):
        """An alert of the canteen comes with a job, whose code is Odoo's own."""
        job = {
            "name": "x",
            "model_id": self.env["ir.model"]._get_id("res.partner"),
            "state": "code",
            "code": "model.search([], limit=1)",
        }
        jobs = self.env["ir.cron"].with_user(self.agent)
        jobs.sudo().create(job)
        with self.assertRaises(AccessError):
            jobs.create(job)

    def test_files_are_text_for_the_browser(self):
        """As for everybody who may not write views, whatever the agent's groups."""
        file = (
            self.env["ir.attachment"]
            .with_user(self.agent)
            .create({"name": "x.html", "raw": SCRIPT.encode(), **self.on_file()})
        )
        self.assertEqual(file.mimetype, "text/plain")
        file.write({"mimetype": "text/html"})
        self.assertEqual(file.mimetype, "text/plain")

    def test_what_stays_free(self):
        agent = self.agent
        self.assertTrue(MODULE)
        note = {
            "comment": '<p onclick="x()">Hello <a href="https://x.example">x</a></p>'
        }
        self.document.with_user(agent).write(note)
        self.assertNotIn("onclick", self.document.comment)
        self.document.with_user(agent).write({"website": "https://x.example"})
        self.document.with_user(agent).write({"name": "JavaScript: the good parts"})
