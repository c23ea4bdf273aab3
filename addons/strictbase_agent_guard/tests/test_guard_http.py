# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The points that need the wire: real keys, JSON-2, the approver beside the agent."""

import json
from datetime import datetime, timedelta
from unittest.mock import patch
from xmlrpc.client import Fault

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_http import GuardHttpCase

CLIENT = "client@outside.example"
TOMORROW = f"{datetime.now() + timedelta(days=1):%Y-%m-%d %H:%M:%S}"


class ApprovalCase(GuardHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # what the tables of roads keep waiting is not in the queues here
        cls.env["mail.scheduled.message"].search([]).unlink()
        cls.env["mail.message.schedule"].search([]).unlink()
        cls.env["mail.mail"].search([("state", "=", "outgoing")]).cancel()
        cls.env.flush_all()

    def issue(self, model, method, ids=(), **kwargs):
        answer = self.rpc(
            "approver",
            "strictbase.agent.confirmation/issue_token",
            model_name=model,
            method_name=method,
            record_ids=list(ids),
            **kwargs,
        )
        self.assertTrue(answer.ok, answer.text)
        return answer.body

    def post(self, who="agent", context=None, record="client", **kwargs):
        body = {"body": "Hello", "partner_ids": [self.client.id], **kwargs}
        return self.rpc(
            who, "res.partner/message_post", self.at[record], context=context, **body
        )

    def recipients(self):
        return sorted(to for letter in self.wire.letters for to in letter["to"])

    def last(self):
        self.env.invalidate_all()
        return self.env["strictbase.agent.confirmation"].search([], limit=1)


@tagged("post_install", "-at_install")
class TestPublishedFlow(ApprovalCase):
    def test_refused_minted_sent_refused(self):
        """The flow of the published module, with two keys."""
        self.wire.clear()
        refused = self.post(context={"agent_mode": True, "agent_channel": "cli"})
        self.assertTrue(refused.confirmation_required, refused.text)
        self.assertEqual(refused.status, 422)
        self.assertEqual(refused.body["name"], "odoo.exceptions.UserError")
        lines = refused.body["message"].splitlines()
        self.assertEqual(lines[0], "AGENT_CONFIRMATION_REQUIRED")
        self.assertEqual(lines[1], "reason: outbound_client_communication")
        self.assertTrue(lines[2].startswith("detail: "))
        self.assertFalse(self.wire.letters)
        token = self.issue("res.partner", "message_post", [self.client.id])
        context = {"agent_mode": True, "agent_confirmation_token": token}
        answer = self.post(context=context)
        self.assertTrue(answer.ok, answer.text)
        self.assertEqual(self.recipients(), [CLIENT])
        again = self.post(context=context)
        self.assertTrue(again.confirmation_required, again.text)
        self.assertEqual(self.recipients(), [CLIENT])

    def test_the_agent_cannot_mint(self):
        answer = self.rpc(
            "agent",
            "strictbase.agent.confirmation/issue_token",
            model_name="res.partner",
            method_name="message_post",
            record_ids=[self.client.id],
        )
        self.assertEqual(answer.status, 403)

    def test_status(self):
        for who, agent, approver in (
            ("agent", True, False),
            ("approver", False, True),
            ("human", False, False),
        ):
            answer = self.rpc(who, "strictbase.agent.confirmation/guard_status")
            self.assertTrue(answer.ok, answer.text)
            self.assertRegex(answer.body["version"], r"^19\.0\.\d+\.\d+\.\d+$")
            self.assertEqual(answer.body["is_agent"], agent)
            self.assertEqual(answer.body["is_approver"], approver)
            self.assertFalse(answer.body["is_administrator"])
            self.assertGreaterEqual(answer.body["agent_group_members"], 2)

    def test_the_approver_cannot_use(self):
        token = self.issue("res.partner", "message_post", [self.client.id])
        context = {"agent_mode": True, "agent_confirmation_token": token}
        self.assertTrue(self.post("approver", context=context).confirmation_required)

    def test_bound_to_the_agent_that_the_approver_named(self):
        token = self.issue(
            "res.partner",
            "message_post",
            [self.client.id],
            agent_user_id=self.users["agent"].id,
        )
        context = {"agent_confirmation_token": token}
        self.assertTrue(self.post("agent_wide", context=context).confirmation_required)
        self.assertTrue(self.post(context=context).ok)

    def test_internal_work_leaves_the_token_alone(self):
        token = self.issue("res.partner", "message_post", [self.client.id])
        context = {"agent_confirmation_token": token}
        self.assertTrue(
            self.post(context=context, partner_ids=[], subtype_xmlid="mail.mt_note").ok
        )
        self.assertEqual(self.last().state, "approved")
        self.assertTrue(self.post(context=context).ok)

    def test_a_call_that_fails_gives_the_token_back(self):
        token = self.issue("res.partner", "message_post", [self.client.id])
        context = {"agent_confirmation_token": token}
        with patch.object(
            type(self.env["mail.thread"]),
            "_notify_thread_by_web_push",
            side_effect=UserError("No push"),
        ):
            answer = self.post(context=context)
        self.assertEqual(answer.status, 422)
        self.assertFalse(answer.confirmation_required)
        self.assertEqual(self.last().state, "approved")
        self.wire.clear()
        self.assertTrue(self.post(context=context).ok)
        self.assertEqual(self.recipients(), [CLIENT])

    def test_the_token_is_nowhere_in_the_database(self):
        token = "a-token-that-must-not-stay"
        composer = self.rpc(
            "agent",
            "mail.compose.message/create",
            vals_list=[
                {
                    "model": "res.partner",
                    "res_ids": f"[{self.at['quiet']}]",
                    "body": "Later",
                    "subject": "Later",
                    "scheduled_date": TOMORROW,
                }
            ],
        ).body
        answer = self.rpc(
            "agent",
            "mail.compose.message/action_schedule_message",
            composer,
            context={"agent_confirmation_token": token, "agent_mode": True},
        )
        self.assertTrue(answer.ok, answer.text)
        self.assertNotIn(token, json.dumps(answer.body))
        scheduled = self.env["mail.scheduled.message"].search(
            [("body", "ilike", "Later")]
        )
        self.assertTrue(scheduled)
        self.assertNotIn(token, json.dumps(scheduled.mapped("send_context")))


@tagged("post_install", "-at_install")
class TestNestedCalls(ApprovalCase):
    """One approval covers what the approved call does, and nothing else."""

    def send(self, model, method, ids, token=None, **kwargs):
        context = kwargs.pop("context", {})
        if token:
            context = {**context, "agent_confirmation_token": token}
        return self.rpc("agent", f"{model}/{method}", ids, context=context, **kwargs)

    def approved(self, model, method, ids, **kwargs):
        """Refused without, sent with a token for exactly this call."""
        self.wire.clear()
        refused = self.send(model, method, ids, **kwargs)
        self.assertTrue(refused.confirmation_required, refused.text)
        self.assertFalse(self.wire.letters)
        token = self.issue(model, method, ids if isinstance(ids, list) else [ids])
        answer = self.send(model, method, ids, token=token, **kwargs)
        self.assertTrue(answer.ok, answer.text)
        self.assertEqual(self.last().state in ("reserved", "done"), True)
        return token, answer

    def composer(self, **values):
        answer = self.rpc(
            "agent",
            "mail.compose.message/create",
            vals_list=[
                {
                    "model": "res.partner",
                    "res_ids": f"[{self.at['quiet']}]",
                    "subject": "Offer",
                    "body": "Offer",
                    "partner_ids": [[6, 0, [self.client.id]]],
                    **values,
                }
            ],
        )
        self.assertTrue(answer.ok, answer.text)
        return answer.body[0]

    def test_composer_posting_a_comment(self):
        self.wire.clear()
        self.approved("mail.compose.message", "action_send_mail", self.composer())
        self.assertIn(CLIENT, self.recipients())

    def test_composer_sending_one_by_one(self):
        self.wire.clear()
        wizard = self.composer(
            composition_mode="mass_mail",
            res_ids=f"[{self.at['file']}]",
            force_send=True,
        )
        self.approved("mail.compose.message", "action_send_mail", wizard)
        self.pass_time()
        self.assertIn(CLIENT, self.recipients())

    def test_token_for_the_wizard_is_for_nothing_else(self):
        wizard = self.composer()
        token = self.issue("mail.compose.message", "action_send_mail", [wizard])
        answer = self.post(context={"agent_confirmation_token": token})
        self.assertTrue(answer.confirmation_required)
        self.assertIn("issued for another call", answer.text)
        self.assertEqual(self.last().state, "approved")

    def test_several_messages_under_one_approval(self):
        """A note to a colleague and an e-mail to two clients: one token."""
        self.wire.clear()
        other = self.env["res.partner"].create(
            {"name": "Second client", "email": "second@outside.example"}
        )
        partners = [
            self.client.id,
            other.id,
            self.users["colleague"].partner_id.id,
        ]
        kwargs = {"body": "To all", "partner_ids": partners}
        self.approved("res.partner", "message_post", self.at["quiet"], **kwargs)
        self.assertIn(CLIENT, self.recipients())
        self.assertIn("second@outside.example", self.recipients())

    def test_scheduled_message_approved_when_created(self):
        self.wire.clear()
        values = {
            "model": "res.partner",
            "res_id": self.at["quiet"],
            "author_id": self.users["agent"].partner_id.id,
            "body": "Tomorrow",
            "subject": "Tomorrow",
            "partner_ids": [[6, 0, [self.client.id]]],
            "scheduled_date": TOMORROW,
        }
        refused = self.rpc("agent", "mail.scheduled.message/create", vals_list=[values])
        self.assertTrue(refused.confirmation_required, refused.text)
        token = self.issue("mail.scheduled.message", "create")
        answer = self.rpc(
            "agent",
            "mail.scheduled.message/create",
            vals_list=[values],
            context={"agent_confirmation_token": token},
        )
        self.assertTrue(answer.ok, answer.text)
        self.pass_time()
        self.assertIn(CLIENT, self.recipients())

    def test_scheduled_message_changed_after_its_approval(self):
        values = {
            "model": "res.partner",
            "res_id": self.at["quiet"],
            "author_id": self.users["agent"].partner_id.id,
            "body": "Tomorrow",
            "partner_ids": [[6, 0, [self.client.id]]],
            "scheduled_date": TOMORROW,
        }
        token = self.issue("mail.scheduled.message", "create")
        ids = self.rpc(
            "agent",
            "mail.scheduled.message/create",
            vals_list=[values],
            context={"agent_confirmation_token": token},
        ).body
        answer = self.rpc(
            "agent", "mail.scheduled.message/write", ids, vals={"body": "Changed"}
        )
        self.assertTrue(answer.confirmation_required, answer.text)
        # and if somebody else changes it, it is not what was approved
        self.env["mail.scheduled.message"].browse(ids).sudo().body = "Changed"
        self.env.flush_all()
        self.wire.clear()
        with mute_logger("odoo.addons.mail.models.mail_scheduled_message"):
            self.pass_time()
        self.assertNotIn(CLIENT, self.recipients())

    def test_notifications_scheduled_under_an_approval(self):
        self.wire.clear()
        self.approved(
            "res.partner",
            "message_post",
            self.at["quiet"],
            body="Later",
            partner_ids=[self.client.id],
            scheduled_date=TOMORROW,
        )
        self.assertFalse(self.wire.letters)
        self.pass_time()
        self.assertIn(CLIENT, self.recipients())

    def test_queued_mail_whose_recipient_has_moved(self):
        """Approved for one address: it does not go to another one."""
        self.approved(
            "res.partner",
            "message_post",
            self.at["quiet"],
            body="Queued",
            partner_ids=[self.client.id],
            force_send=False,
        )
        self.client.email = "elsewhere@outside.example"
        self.env.flush_all()
        self.wire.clear()
        with mute_logger("odoo.addons.strictbase_agent_guard.models.mail_mail"):
            self.pass_time()
        self.assertNotIn("elsewhere@outside.example", self.recipients())
        self.assertNotIn(CLIENT, self.recipients())

    def test_queued_mail_goes_out_under_its_approval(self):
        self.approved(
            "res.partner",
            "message_post",
            self.at["quiet"],
            body="Queued",
            partner_ids=[self.client.id],
            force_send=False,
        )
        self.wire.clear()
        self.pass_time()
        self.assertIn(CLIENT, self.recipients())


@tagged("post_install", "-at_install")
class TestSwallowed(ApprovalCase):
    """A refusal reaches the caller even if code in between eats exceptions."""

    def assertHeldWith(self, code, **kwargs):
        self.wire.clear()

        def eater(record, **values):
            try:
                with record.env.cr.savepoint():
                    code(record)
            except Exception:  # noqa: BLE001
                return "all is well"
            return "all is well"

        with patch.object(
            self.registry["res.partner"], "guard_test_eater", eater, create=True
        ):
            answer = self.rpc("agent", "res.partner/guard_test_eater", self.client.id)
        self.assertTrue(answer.confirmation_required, answer.text)
        self.pass_time()
        self.assertFalse(self.outside(*self.recipients()), self.wire.letters)
        self.assertFalse(self.wire.requests)

    def test_message(self):
        self.assertHeldWith(
            lambda record: record.message_post(
                body="x", partner_ids=record.ids, send_after_commit=False
            )
        )

    def test_as_superuser(self):
        self.assertHeldWith(
            lambda record: record.with_user(1).message_notify(
                body="x", partner_ids=record.ids
            )
        )

    def test_mail_in_sudo_sent_at_once(self):
        self.assertHeldWith(
            lambda record: (
                record.env["mail.mail"]
                .sudo()
                .create({"email_to": CLIENT, "body_html": "x"})
                .send()
            )
        )

    def test_smtp_connection(self):
        self.assertHeldWith(
            lambda record: (
                record.env["ir.mail_server"].sudo()._connect__("smtp.example")
            )
        )

    def test_http(self):
        import requests

        self.assertHeldWith(
            lambda record: requests.post("https://hook.example/x", timeout=5)
        )

    def test_commit_on_the_way(self):
        def code(record):
            record.env["mail.mail"].sudo().create(
                {"email_to": CLIENT, "body_html": "x"}
            )
            record.env.cr.commit()

        self.assertHeldWith(code)

    def test_free_hosts_answer_questions(self):
        import requests

        def asker(record, **values):
            return requests.get("https://ec.europa.eu/x", timeout=5).status_code

        with patch.object(
            self.registry["res.partner"], "guard_test_asker", asker, create=True
        ):
            answer = self.rpc("agent", "res.partner/guard_test_asker", self.client.id)
        self.assertTrue(answer.ok, answer.text)


@tagged("post_install", "-at_install")
class TestSignIn(ApprovalCase):
    """An API key over a bearer route, and no other door."""

    def setUp(self):
        super().setUp()
        for name in ("agent", "human"):
            self.users[name].password = f"{name}-Password-1"

    def test_xmlrpc(self):
        common, objects = self.xmlrpc_common, self.xmlrpc_object
        db = self.env.cr.dbname
        for secret in ("human-Password-1", self.keys["human"]):
            self.assertTrue(common.authenticate(db, "employee", secret, {}))
        for secret in ("agent-Password-1", self.keys["agent"]):
            self.assertFalse(common.authenticate(db, "guarded_agent", secret, {}))
            with self.assertRaises(Fault):
                objects.execute_kw(
                    db,
                    self.users["agent"].id,
                    secret,
                    "res.partner",
                    "search",
                    [[]],
                )

    def test_jsonrpc(self):
        for name, login in (("human", "employee"), ("agent", "guarded_agent")):
            for secret in (f"{name}-Password-1", self.keys[name]):
                answer = self.url_open(
                    "/jsonrpc",
                    data=json.dumps(
                        {
                            "jsonrpc": "2.0",
                            "method": "call",
                            "params": {
                                "service": "common",
                                "method": "login",
                                "args": [self.env.cr.dbname, login, secret],
                            },
                        }
                    ),
                    headers={"Content-Type": "application/json"},
                ).json()
                self.assertEqual(bool(answer.get("result")), name == "human", answer)

    def test_password_login(self):
        for name, login in (("human", "employee"), ("agent", "guarded_agent")):
            answer = self.url_open(
                "/web/session/authenticate",
                data=json.dumps(
                    {
                        "params": {
                            "db": self.env.cr.dbname,
                            "login": login,
                            "password": f"{name}-Password-1",
                        }
                    }
                ),
                headers={"Content-Type": "application/json"},
            ).json()
            uid = (answer.get("result") or {}).get("uid")
            self.assertEqual(bool(uid), name == "human", answer)
            self.opener.cookies.clear()

    def test_a_session_from_before(self):
        """Whoever is made an agent loses the session that they had."""
        self.authenticate("employee", "human-Password-1")
        call = {
            "params": {
                "model": "res.users",
                "method": "search_count",
                "args": [[]],
                "kwargs": {},
            }
        }

        def ask():
            return self.url_open(
                "/web/dataset/call_kw",
                data=json.dumps(call),
                headers={"Content-Type": "application/json"},
            ).json()

        self.assertIn("result", ask())
        self.users["human"].group_ids += self.env.ref(
            "strictbase_agent_guard.group_agent"
        )
        self.assertNotIn("result", ask())
        self.assertEqual(self.url_open("/web/login").status_code, 200)

    def test_the_key_works(self):
        self.assertTrue(self.rpc("agent", "res.users/context_get").ok)


@tagged("post_install", "-at_install")
class TestClosedMethods(ApprovalCase):
    def test_send_primitives_even_with_a_token(self):
        for model, method, ids, kwargs in (
            (
                "ir.mail_server",
                "send_email",
                None,
                {"message": {}, "smtp_server": "smtp.example"},
            ),
            ("ir.mail_server", "test_smtp_connection", [1], {}),
            ("mail.mail", "send_after_commit", [self.at["mail_cancelled"]], {}),
            ("mail.mail", "process_email_queue", None, {}),
            (
                "mail.thread",
                "message_process",
                None,
                {"model": "res.partner", "message": self.at["incoming"]},
            ),
            (
                "res.partner",
                "message_process",
                None,
                {"model": "res.partner", "message": self.at["incoming"]},
            ),
            ("ir.cron", "method_direct_trigger", [1], {}),
            ("res.users", "action_reset_password", [self.portal.id], {}),
            ("ir.config_parameter", "set_param", None, {"key": "x", "value": "y"}),
        ):
            with self.subTest(f"{model}.{method}"):
                token = self.issue(model, method, ids or [])
                self.wire.clear()
                answer = self.rpc(
                    "agent",
                    f"{model}/{method}",
                    ids,
                    context={"agent_confirmation_token": token},
                    **kwargs,
                )
                self.assertEqual(answer.status, 403, answer.text)
                self.assertFalse(self.wire.connections)
                self.assertFalse(self.wire.letters)

    def test_server_actions_of_the_list(self):
        action = self.env["ir.actions.server"].create(
            {
                "name": "Harmless",
                "model_id": self.at["model_partner"],
                "state": "code",
                "code": "record.write({'comment': 'done'})",
            }
        )
        context = {"active_model": "res.partner", "active_id": self.at["quiet"]}
        answer = self.rpc("agent", "ir.actions.server/run", action.id, context=context)
        self.assertEqual(answer.status, 403, answer.text)
        self.env["ir.config_parameter"].set_param(
            "strictbase_agent_guard.server_actions", f"base.no_such, {action.id}"
        )
        answer = self.rpc("agent", "ir.actions.server/run", action.id, context=context)
        self.assertTrue(answer.ok, answer.text)

    def test_what_a_listed_action_sends_is_still_held(self):
        action = self.env["ir.actions.server"].create(
            {
                "name": "Sends",
                "model_id": self.at["model_partner"],
                "state": "code",
                "code": "record.message_post(body='x', partner_ids=record.ids)",
            }
        )
        self.env["ir.config_parameter"].set_param(
            "strictbase_agent_guard.server_actions", str(action.id)
        )
        context = {"active_model": "res.partner", "active_id": self.client.id}
        answer = self.rpc("agent", "ir.actions.server/run", action.id, context=context)
        self.assertTrue(answer.confirmation_required, answer.text)


@tagged("post_install", "-at_install")
class TestRecipients(ApprovalCase):
    """Who is outside: by what the agent cannot have arranged itself."""

    def test_archived_colleague_is_outside(self):
        user = self._make_user("left_us", ("base.group_user",))
        body = {"partner_ids": [user.partner_id.id], "record": "quiet"}
        self.assertTrue(self.post(**body).ok)
        user.active = False
        self.assertTrue(self.post(**body).confirmation_required)

    def test_defaults_cannot_add_a_recipient(self):
        """A default made before the user became an agent reaches the stored row."""
        self.env["ir.default"].sudo().set(
            "mail.mail", "email_cc", CLIENT, user_id=self.users["agent"].id
        )
        answer = self.post(
            partner_ids=[self.users["colleague"].partner_id.id], record="quiet"
        )
        self.assertTrue(answer.confirmation_required, answer.text)
        self.assertIn(CLIENT, answer.text)

    def test_context_defaults_cannot_add_a_recipient(self):
        for context in (
            {"default_email_cc": CLIENT},
            {"default_email_to": CLIENT},
            {"default_recipient_ids": [self.client.id]},
            {"default_headers": str({"Bcc": CLIENT})},
        ):
            self.wire.clear()
            answer = self.rpc(
                "agent",
                "res.partner/message_notify",
                self.at["quiet"],
                context=context,
                body="x",
                partner_ids=[self.users["colleague"].partner_id.id],
            )
            self.assertNotIn(CLIENT, self.recipients())
            if answer.ok:
                self.assertEqual(self.recipients(), ["colleague@inside.example"])

    def test_portal_user_is_outside_and_internal_user_is_not(self):
        portal = {"partner_ids": [self.portal.partner_id.id], "record": "quiet"}
        self.assertTrue(self.post(**portal).confirmation_required)
        inside = {
            "partner_ids": [self.users["colleague"].partner_id.id],
            "record": "quiet",
        }
        self.assertTrue(self.post(**inside).ok)

    def test_agent_mode_of_an_employee(self):
        """It adds strictness to somebody else's call; leaving it out adds nothing."""
        self.assertTrue(self.post("human", record="quiet").ok)
        answer = self.post("human", record="quiet", context={"agent_mode": True})
        self.assertTrue(answer.confirmation_required, answer.text)
        token = self.issue("res.partner", "message_post", [self.at["quiet"]])
        answer = self.post(
            "human",
            record="quiet",
            context={"agent_mode": True, "agent_confirmation_token": token},
        )
        self.assertTrue(answer.ok, answer.text)


@tagged("post_install", "-at_install")
class TestInvoices(ApprovalCase):
    def setUp(self):
        super().setUp()
        if "account.move.send" not in self.env:
            self.skipTest("account is not installed")
        product = self.env["product.product"].create({"name": "Thing"})
        self.moves = self.env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": self.client.id,
                    "invoice_date": "2026-01-01",
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "product_id": product.id,
                                "price_unit": 10,
                                "tax_ids": [Command.clear()],
                            }
                        )
                    ],
                }
                for _index in range(2)
            ]
        )
        self.moves.action_post()
        self.moves.message_unsubscribe(self.moves.message_partner_ids.ids)

    def approve(self, model, wizard, **kwargs):
        endpoint = f"{model}/action_send_and_print"
        refused = self.rpc("agent", endpoint, wizard, **kwargs)
        self.assertTrue(refused.confirmation_required, refused.text)
        self.assertIn("invoice by e-mail", refused.text)
        self.assertIn(CLIENT, refused.text)
        token = self.issue(model, "action_send_and_print", wizard)
        answer = self.rpc(
            "agent",
            endpoint,
            wizard,
            context={"agent_confirmation_token": token},
            **kwargs,
        )
        self.assertTrue(answer.ok, answer.text)

    def test_wizard(self):
        wizard = self.rpc(
            "agent",
            "account.move.send.wizard/create",
            vals_list=[{"move_id": self.moves[0].id, "sending_methods": ["email"]}],
            context={"active_model": "account.move", "active_ids": self.moves[:1].ids},
        )
        self.assertTrue(wizard.ok, wizard.text)
        self.wire.clear()
        self.approve("account.move.send.wizard", wizard.body)
        self.assertIn(CLIENT, self.recipients())

    def test_batch_at_once(self):
        self.client.invoice_sending_method = "email"
        wizard = self.rpc(
            "agent",
            "account.move.send.batch.wizard/create",
            vals_list=[{"move_ids": [[6, 0, self.moves.ids]]}],
        )
        self.assertTrue(wizard.ok, wizard.text)
        self.wire.clear()
        self.approve(
            "account.move.send.batch.wizard", wizard.body, force_synchronous=True
        )
        self.assertEqual(self.recipients().count(CLIENT), 2)

    def test_batch_left_to_its_job(self):
        wizard = self.rpc(
            "agent",
            "account.move.send.batch.wizard/create",
            vals_list=[{"move_ids": [[6, 0, self.moves.ids]]}],
        )
        answer = self.rpc(
            "agent", "account.move.send.batch.wizard/action_send_and_print", wizard.body
        )
        self.assertTrue(answer.confirmation_required, answer.text)
        self.assertFalse(self.moves.filtered("sending_data"))

    def test_download_only_is_internal(self):
        wizard = self.rpc(
            "agent",
            "account.move.send.wizard/create",
            vals_list=[{"move_id": self.moves[0].id, "sending_methods": ["manual"]}],
            context={"active_model": "account.move", "active_ids": self.moves[:1].ids},
        )
        answer = self.rpc(
            "agent", "account.move.send.wizard/action_send_and_print", wizard.body
        )
        self.assertTrue(answer.ok, answer.text)

    def test_ids_are_integers(self):
        """Odoo would take "5" or 5.0 for a record that the token does not name."""
        for ids in (["5"], [5.0], [True], "5", {"5": 1}):
            answer = self.url_open(
                "/json/2/res.partner/message_post",
                data=json.dumps({"ids": ids, "body": "x"}),
                headers={
                    "Authorization": f"Bearer {self.keys['agent']}",
                    "Content-Type": "application/json",
                    "X-Odoo-Database": self.env.cr.dbname,
                },
            )
            self.assertEqual(answer.status_code, 422, ids)


@tagged("post_install", "-at_install")
class TestAgentKey(ApprovalCase):
    def test_an_administrator_makes_the_key_of_an_agent(self):
        Key = self.env["strictbase.agent.key"]
        admin = self.env.ref("base.user_admin")
        agent = self.users["agent_wide"]
        self.keys["made"] = Key.with_user(admin).make_key(agent.id)
        answer = self.rpc("made", "res.users/context_get")
        self.assertTrue(answer.ok, answer.text)
        self.assertTrue(
            self.rpc(
                "made",
                "res.partner/message_post",
                self.client.id,
                body="x",
                partner_ids=[self.client.id],
            ).confirmation_required
        )
        with self.assertRaises(UserError):
            Key.with_user(admin).make_key(self.users["human"].id)
        action = Key.with_user(admin).create({"user_id": agent.id}).action_make_key()
        self.assertTrue(action["context"]["default_key"])

    def test_nobody_else_does(self):
        for who in ("agent", "approver", "human"):
            answer = self.rpc(
                who, "strictbase.agent.key/make_key", user_id=self.users["agent"].id
            )
            self.assertEqual(answer.status, 403, answer.text)

    def test_not_over_the_wire_by_agents(self):
        answer = self.rpc(
            "agent",
            "res.users.apikeys.description/create",
            vals_list=[{"name": "x", "duration": "1"}],
        )
        self.assertEqual(answer.status, 403, answer.text)
