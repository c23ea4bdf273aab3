# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How an agent comes in, and what it may not call at all."""

import json
from datetime import datetime, timedelta
from unittest.mock import patch
from xmlrpc.client import Fault

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_approval import ApprovalCase


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
    @property
    def confirmations(self):
        return type(self.env["strictbase.agent.confirmation"])

    def test_send_primitives_even_with_a_token(self):
        # an approver who may read all that these are about
        self.users["approver"].group_ids += self.env.ref("base.group_system")
        server = self.env["ir.mail_server"].create(
            {"name": "x", "smtp_host": "smtp.outside.example"}
        )
        for model, method, ids, kwargs in (
            (
                "ir.mail_server",
                "send_email",
                None,
                {"message": {}, "smtp_server": "smtp.example"},
            ),
            ("ir.mail_server", "test_smtp_connection", server.ids, {}),
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
                # the approver may not read some of these, and would get none
                with patch.object(self.confirmations, "_check_call"):
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
        self.assertKeyEnds(agent, 90)
        Key.with_user(admin).make_key(agent.id, days=120)
        self.assertKeyEnds(agent, 120)
        with self.assertRaises(UserError):
            Key.with_user(admin).make_key(self.users["human"].id)
        action = Key.with_user(admin).create({"user_id": agent.id}).action_make_key()
        self.assertTrue(action["context"]["default_key"])

    def assertKeyEnds(self, agent, days):
        """As the list of agents shows it."""
        agent.invalidate_recordset()
        left = agent.with_user(self.users["approver"]).agent_key_end - datetime.now()
        self.assertAlmostEqual(left / timedelta(days=1), days, delta=0.1)

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
