# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Links by which anybody is taken for a client: no agent gets hold of one."""

import base64
import json

from odoo.tests import tagged

from .common_approval import ApprovalCase
from .roads_published import PIXEL

PLANTED = "planted-token-0123456789"


@tagged("post_install", "-at_install")
class TestSignUpTokens(ApprovalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param("auth_signup.invitation_scope", "b2c")

    def setUp(self):
        super().setUp()
        if "signup_type" not in self.env["res.partner"]._fields:
            self.skipTest("auth_signup not installed")

    def test_methods(self):
        methods = ("signup_get_auth_param", "signup_prepare", "action_signup_prepare")
        for method in methods:
            endpoint = f"res.partner/{method}"
            answer = self.rpc("human", endpoint, self.client.id)
            self.assertNotIn("is not open to agents", answer.text)
            answer = self.rpc("agent", endpoint, self.client.id)
            self.assertEqual(answer.status, 403, f"{method}: {answer.text}")

    def test_a_token_in_any_answer(self):
        """A link that a template or a colleague has put into a text."""
        url = self.client._get_signup_url_for_action()[self.client.id]
        self.client.comment = f'<p><a href="{url}">Sign up</a></p>'
        token = url.rpartition("token=")[2]
        call = {"fields": ["comment"]}
        answer = self.rpc("human", "res.partner/read", self.client.id, **call)
        self.assertIn(token, answer.text)
        answer = self.rpc("agent", "res.partner/read", self.client.id, **call)
        self.assertTrue(answer.ok, answer.text)
        self.assertIn("Sign up", answer.text)
        self.assertNotIn(token, answer.text)

    def test_a_token_in_a_text_file(self):
        """As it is, as base64, and as it is exported; an image stays as it is."""
        url = self.client._get_signup_url_for_action()[self.client.id]
        token = url.rpartition("token=")[2]
        values = {"res_model": "res.partner", "res_id": self.client.id}
        text = f"Sign up: {url}\n".encode()
        image = base64.b64decode(PIXEL)
        files = self.env["ir.attachment"].create(
            [
                {"name": "a.txt", "raw": text, **values},
                {"name": "a.png", "raw": image, **values},
            ]
        )
        self.env.flush_all()
        encoded = base64.b64encode(text).decode()
        for fields in (["raw"], ["datas"]):
            # Odoo itself cannot answer the bytes of an image
            ids = files[: 1 if fields == ["raw"] else 2].ids
            told = {
                who: self.rpc(who, "ir.attachment/read", ids, fields=fields)
                for who in ("human", "agent")
            }
            self.assertIn(
                token if fields == ["raw"] else encoded, told["human"].text, fields
            )
            self.assertTrue(told["agent"].ok, told["agent"].text)
            shown = told["agent"].body[0][fields[0]]
            if fields == ["datas"]:
                shown = base64.b64decode(shown).decode()
                self.assertEqual(told["agent"].body[1]["datas"], PIXEL)
            self.assertNotIn(token, shown)
            self.assertIn("Sign up: ", shown)
        self.users["agent"].group_ids = [
            (4, self.env.ref("base.group_allow_export").id)
        ]
        self.env.flush_all()
        answer = self.rpc(
            "agent", "ir.attachment/export_data", files.ids, fields_to_export=["datas"]
        )
        self.assertTrue(answer.ok, answer.text)
        self.assertNotIn(encoded, answer.text)


@tagged("post_install", "-at_install")
class TestPortalTokens(ApprovalCase):
    def setUp(self):
        super().setUp()
        if "sale.order" not in self.env:
            self.skipTest("sale not installed")
        self.order = self.env["sale.order"].create(
            {"partner_id": self.client.id, "user_id": False, "access_token": PLANTED}
        )
        self.env.flush_all()

    def ask(self, who, method, ids=None, model="sale.order", /, **kwargs):
        return self.rpc(who, f"{model}/{method}", ids, **kwargs)

    def calls(self):
        """Every way to name the field, and what it tells when it is open."""
        mine = [["id", "=", self.order.id]]
        hit = [*mine, ["access_token", "=like", "planted%"]]
        line = self.env["sale.order.line"].create(
            {"order_id": self.order.id, "name": "x", "display_type": "line_note"}
        )
        related = [["id", "=", line.id], ["order_id.access_token", "=like", "planted%"]]
        yield "read", self.order.id, "sale.order", {"fields": ["access_token"]}
        yield (
            "web_read",
            self.order.id,
            "sale.order",
            {"specification": {"access_token": {}}},
        )
        yield (
            "web_read",
            line.id,
            "sale.order.line",
            {"specification": {"order_id": {"fields": {"access_token": {}}}}},
        )
        fields = {"domain": mine, "fields": ["access_token"]}
        yield "search_read", None, "sale.order", fields
        yield "search", None, "sale.order", {"domain": hit}
        yield "search_count", None, "sale.order", {"domain": hit}
        yield "search", None, "sale.order.line", {"domain": related}
        yield "search", None, "sale.order", {"domain": mine, "order": "access_token"}
        yield (
            "formatted_read_group",
            None,
            "sale.order",
            {"domain": mine, "groupby": ["access_token"], "aggregates": ["__count"]},
        )
        yield (
            "formatted_read_group",
            None,
            "sale.order",
            {
                "domain": mine,
                "groupby": ["state"],
                "aggregates": ["access_token:array_agg"],
            },
        )
        yield (
            "export_data",
            self.order.id,
            "sale.order",
            {"fields_to_export": ["access_token"]},
        )
        yield (
            "export_data",
            line.id,
            "sale.order.line",
            {"fields_to_export": ["order_id/access_token"]},
        )
        yield "get_portal_url", self.order.id, "sale.order", {}
        for values in ({"access_token": "mine"}, {"name": "x", "access_token": "y"}):
            yield "write", self.order.id, "sale.order", {"vals": values}
        yield (
            "create",
            None,
            "sale.order",
            {"vals_list": [{"partner_id": self.client.id, "access_token": "mine"}]},
        )
        yield (
            "create",
            None,
            "sale.order",
            {
                "vals_list": [{"partner_id": self.client.id}],
                "context": {"default_access_token": "mine"},
            },
        )

    def test_no_way_to_name_the_field(self):
        self.users["human"].group_ids += self.env.ref("base.group_allow_export")
        self.users["agent"].group_ids += self.env.ref("base.group_allow_export")
        for method, ids, model, kwargs in self.calls():
            with self.subTest(f"{model}.{method} {kwargs}"), self.apart():
                answer = self.ask("agent", method, ids, model, **kwargs)
                self.assertEqual(answer.status, 403, answer.text)
                answer = self.ask("human", method, ids, model, **kwargs)
                self.assertTrue(answer.ok, answer.text)

    def test_what_is_not_named_comes_without(self):
        order = self.order.id
        answer = self.ask("human", "read", order)
        self.assertIn(PLANTED, answer.text)
        for method, kwargs in (
            ("read", {}),
            ("search_read", {"domain": [["id", "=", order]]}),
            ("fields_get", {}),
            ("action_preview_sale_order", {}),
            ("copy_data", {}),
        ):
            ids = None if "domain" in kwargs or method == "fields_get" else order
            answer = self.ask("agent", method, ids, **kwargs)
            self.assertTrue(answer.ok, f"{method}: {answer.text}")
            self.assertNotIn(PLANTED, answer.text)
            if method in ("read", "fields_get"):
                self.assertNotIn("access_token", json.dumps(answer.body))

    def test_onchange(self):
        answer = self.ask(
            "agent",
            "onchange",
            self.order.id,
            values={"access_token": "x", "partner_id": self.client.id},
            field_names=["partner_id"],
            fields_spec={"access_token": {}, "partner_id": {}},
        )
        self.assertEqual(answer.status, 403, answer.text)

    def test_share_wizard(self):
        if "portal.share" not in self.env:
            self.skipTest("portal not installed")
        context = {"active_model": "sale.order", "active_id": self.order.id}
        fields = {"fields": ["share_link", "res_id"], "context": context}
        answer = self.ask("human", "default_get", None, "portal.share", **fields)
        self.assertIn(PLANTED, answer.text)
        answer = self.ask("agent", "default_get", None, "portal.share", **fields)
        self.assertNotIn(PLANTED, answer.text)
        values = {"res_model": "sale.order", "res_id": self.order.id}
        values["partner_ids"] = [[6, 0, self.users["colleague"].partner_id.ids]]
        answer = self.ask("agent", "create", None, "portal.share", vals_list=[values])
        self.assertTrue(answer.ok, answer.text)
        answer = self.ask("agent", "read", answer.body, "portal.share")
        self.assertTrue(answer.ok, answer.text)
        self.assertNotIn(PLANTED, answer.text)

    def test_placeholders_of_own_words(self):
        """A note to two records is rendered, and would show what no field tells."""
        editors = self.env.ref("mail.group_mail_template_editor")
        editors.user_ids += self.users["human"] + self.users["agent"]
        orders = self.order + self.order.copy()
        orders.access_token = PLANTED
        self.env.flush_all()
        values = {
            "model": "sale.order",
            "res_ids": str(orders.ids),
            "body": "<p>x</p>",
            "composition_mode": "comment",
            "subtype_is_log": True,
        }
        for who in ("human", "agent"):
            for text in ("object.access_token", "object.sudo().access_token[:]"):
                values["subject"] = f"{{{{ {text} }}}}"
                model = "mail.compose.message"
                with self.subTest(f"{who} {text}"), self.apart():
                    answer = self.ask(who, "create", None, model, vals_list=[values])
                    self.assertTrue(answer.ok, answer.text)
                    sent = self.ask(who, "action_send_mail", answer.body, model)
                    answer = self.ask(
                        who,
                        "search_read",
                        None,
                        "mail.message",
                        domain=[
                            ["model", "=", "sale.order"],
                            ["res_id", "in", orders.ids],
                        ],
                        fields=["subject"],
                    )
                    self.assertTrue(answer.ok, answer.text)
                    told = sent.text + answer.text  # a refusal has the subject
                    self.assertEqual(PLANTED in told, who == "human", told)

    def test_the_template_of_a_colleague_still_works(self):
        template = self.env["mail.template"].create(
            {
                "name": "Link",
                "model_id": self.env["ir.model"]._get_id("sale.order"),
                "subject": "Order",
                "body_html": '<a t-att-href="object.get_portal_url()">Open</a>',
                "email_to": "client@outside.example",
            }
        )
        ids = self.order.ids
        agent = self.users["agent"]
        self.env.invalidate_all()
        order = self.order.with_user(agent)
        self.assertEqual(order._portal_ensure_token(), PLANTED)
        self.env.invalidate_all()
        rendered = template.with_user(agent)._render_field("body_html", ids)
        self.assertIn(PLANTED, rendered[self.order.id])
        token = self.issue("mail.template", "send_mail", template.ids)
        self.wire.clear()
        answer = self.ask(
            "agent",
            "send_mail",
            template.id,
            "mail.template",
            res_id=self.order.id,
            force_send=True,
            context={"agent_confirmation_token": token},
        )
        self.assertTrue(answer.ok, answer.text)
        self.assertEqual(self.recipients(), ["client@outside.example"])

    def test_anonymous_comment(self):
        """The road: get the link, then write to the followers as the customer."""
        follower = self.env["res.partner"].create(
            {"name": "Follower", "email": "follower@outside.example"}
        )
        self.order.message_subscribe(follower.ids)
        for who in ("human", "agent"):
            with self.subTest(who), self.apart():
                self.wire.clear()
                answer = self.ask(who, "get_portal_url", self.order.id)
                token = PLANTED if PLANTED in answer.text else "unknown"
                self._post_as_the_customer(token)
                self.pass_time()
                found = ["follower@outside.example"] if who == "human" else []
                self.assertEqual(self.recipients(), found, answer.text)

    def _post_as_the_customer(self, token):
        self.url_open(
            "/mail/message/post",
            data=json.dumps(
                {
                    "params": {
                        "thread_model": "sale.order",
                        "thread_id": self.order.id,
                        "post_data": {
                            "body": "Hello",
                            "message_type": "comment",
                            "subtype_xmlid": "mail.mt_comment",
                        },
                        "token": token,
                    }
                }
            ),
            headers={
                "Content-Type": "application/json",
                "X-Odoo-Database": self.env.cr.dbname,
            },
        )

    def test_internal_use(self):
        """What Odoo takes from a record by itself, in the agent's own call."""
        order = self.order
        answer = self.ask("agent", "read", order.id, fields=["access_url", "name"])
        self.assertEqual(answer.body[0]["access_url"], f"/my/orders/{order.id}")
        colleague = self.users["colleague"].partner_id
        answer = self.ask(
            "agent",
            "message_post",
            order.id,
            body="Hello",
            partner_ids=colleague.ids,
            subtype_xmlid="mail.mt_note",
        )
        self.assertTrue(answer.ok, answer.text)
        answer = self.ask("agent", "copy", order.id)
        self.assertTrue(answer.ok, answer.text)
        self.env.invalidate_all()
        copied = self.env["sale.order"].browse(answer.body)
        self.assertNotEqual(copied.access_token, PLANTED)
        answer = self.ask("agent", "write", order.id, vals={"access_token": False})
        self.assertTrue(answer.ok, answer.text)

    def test_forms_and_invitations(self):
        if "calendar.event" not in self.env:
            self.skipTest("calendar not installed")
        answer = self.ask(
            "agent", "get_views", None, "calendar.event", views=[[False, "form"]]
        )
        self.assertTrue(answer.ok, answer.text)
        values = {
            "name": "Meeting",
            "start": "2030-01-01 10:00:00",
            "stop": "2030-01-01 11:00:00",
            "partner_ids": [[6, 0, self.users["colleague"].partner_id.ids]],
            "videocall_source": "discuss",
        }
        answer = self.ask("agent", "create", None, "calendar.event", vals_list=[values])
        self.assertTrue(answer.ok, answer.text)
        self.env.invalidate_all()
        event = self.env["calendar.event"].browse(answer.body)
        event._set_discuss_videocall_location()
        self.env.flush_all()
        self.assertIn(event.access_token, event.videocall_location)
        answer = self.ask("agent", "read", event.id, "calendar.event")
        self.assertTrue(answer.ok, answer.text)
        self.assertNotIn(event.access_token, answer.text)
        attendee = event.attendee_ids[:1]
        answer = self.ask("agent", "read", attendee.id, "calendar.attendee")
        self.assertTrue(answer.ok, answer.text)
        self.assertNotIn(attendee.access_token, answer.text)

    def test_conversations(self):
        channel = self.env["discuss.channel"].create({"name": "Open", "uuid": PLANTED})
        channel.add_members(self.users["agent"].partner_id.ids)
        self.env.flush_all()
        for fields in (["invitation_url"], ["uuid"]):
            for who in ("human", "agent"):
                answer = self.ask(
                    who, "read", channel.id, "discuss.channel", fields=fields
                )
                self.assertEqual(PLANTED in answer.text, who == "human", answer.text)
