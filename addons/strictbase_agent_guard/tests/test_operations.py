# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Parameters, refusals on record, and what uninstalling leaves."""

from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .. import hooks
from ..models import agent_refusal
from ..tools.call_state import CallState, Entry
from .common import MODULE, ConfirmationCase
from .common_origin import OriginCase

DAYS = f"{MODULE}.audit_days"


@tagged("post_install", "-at_install")
class TestParameters(ConfirmationCase):
    def test_days_are_days(self):
        parameters = self.env["ir.config_parameter"]
        for value in ("abc", "0", "-1", "1.5", "99999999"):
            with self.assertRaises(ValidationError, msg=value):
                parameters.set_param(DAYS, value)
                self.env.flush_all()
        parameters.set_param(DAYS, "30")
        self.assertEqual(self.confirmations._audit_days(), 30)

    def test_a_bad_value_from_before_deletes_nothing_early(self):
        for value in ("abc", "0"):
            self.env.cr.execute(
                "UPDATE ir_config_parameter SET value = %s WHERE key = %s",
                [value, DAYS],
            )
            self.env.registry.clear_cache("stable")
            self.env.invalidate_all()
            self.assertEqual(self.confirmations._audit_days(), 90)
            self.confirmations._gc_after_the_audit_period()

    def test_other_parameters_are_free(self):
        self.env["ir.config_parameter"].set_param("somebody.audit_days", "abc")


@tagged("post_install", "-at_install")
class TestRefusals(OriginCase):
    def setUp(self):
        super().setUp()
        agent_refusal._remembered.clear()

    def _refuse(self):
        answer = self.rpc(
            "agent",
            "res.partner/message_post",
            self.at["quiet"],
            body="Hello",
            partner_ids=[self.client.id],
        )
        self.assertTrue(answer.confirmation_required, answer.text)

    def test_on_record_and_not_flooded(self):
        with patch.object(agent_refusal, "_write") as write:
            for _index in range(5):
                self._refuse()
        self.assertEqual(write.call_count, 1)
        state = write.call_args.args[1]
        agent_refusal._write(self.env.cr.dbname, state, 4)
        self.env.invalidate_all()
        refusal = self.env["strictbase.agent.refusal"].search([], limit=1)
        self.assertEqual(refusal.agent_user_id, self.users["agent"])
        self.assertIn("res.partner.message_post", refusal.entry)
        self.assertIn(self.client.email, refusal.recipients)
        self.assertEqual(refusal.count, 4)

    def test_a_record_that_fails_is_no_harm(self):
        state = CallState(actor=0, is_agent=True, entry=Entry("a", "b"))
        with self.assertLogs("odoo.addons.strictbase_agent_guard", "ERROR"):
            agent_refusal._write("no such database", state, 0)


@tagged("post_install", "-at_install")
class TestUninstalling(ConfirmationCase):
    def setUp(self):
        super().setUp()
        self.module = self.env["ir.module.module"].search([("name", "=", MODULE)])

    def test_asks(self):
        with self.assertRaisesRegex(UserError, "API keys end"):
            self.module.button_uninstall()
        self.module.with_context(agent_guard_uninstall=True).button_uninstall()
        self.assertEqual(self.module.state, "to remove")

    def test_asks_for_what_it_depends_on(self):
        mail = self.env["ir.module.module"].search([("name", "=", "mail")])
        with self.assertRaisesRegex(UserError, "API keys end"):
            mail.button_uninstall()

    def test_the_dialog_tells(self):
        wizard = self.env["base.module.uninstall"].create(
            {"module_ids": [(6, 0, self.module.ids)]}
        )
        self.assertIn(self.agent.name, wizard.agent_guard_agents)

    def test_log_and_agents_stay_and_keys_end(self):
        keys = self.env(user=self.agent.id)["res.users.apikeys"].sudo()
        keys._generate("rpc", "test", None)
        self.issue()
        hooks.uninstall_hook(self.env)
        files = hooks._files(self.env)
        log = files.filtered(lambda file: "confirmation" in file.name)
        self.assertIn(b"res.partner", log.raw)
        self.assertNotIn(b"token_digest", log.raw)
        self.env.cr.execute(
            "SELECT bool_and(expiration_date <= now() at time zone 'utc') "
            "FROM res_users_apikeys WHERE user_id = %s",
            [self.agent.id],
        )
        self.assertTrue(self.env.cr.fetchone()[0])
        group = self.env.ref(f"{MODULE}.group_agent")
        group.user_ids -= self.agent
        hooks.post_init_hook(self.env)
        self.assertIn(self.agent, group.user_ids)

    def test_who_has_become_approver_is_no_agent_again(self):
        hooks.uninstall_hook(self.env)
        group = self.env.ref(f"{MODULE}.group_agent")
        group.user_ids -= self.agent
        self.agent.group_ids += self.env.ref(
            f"{MODULE}.group_agent_confirmation_approver"
        )
        hooks.post_init_hook(self.env)
        self.assertNotIn(self.agent, group.user_ids)

    def test_no_cell_is_a_formula(self):
        self.assertEqual(hooks._safe("=1+1"), "'=1+1")
        self.assertEqual(hooks._safe("plain"), "plain")
