# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Users, a client and the calls that most tests make, without the wire."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import TransactionCase

from ..tools.refusal import MARKER
from .common_caches import KeptCaches

MODULE = "strictbase_agent_guard"


class ConfirmationCase(KeptCaches, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._keep_caches()
        agent = f"{MODULE}.group_agent"
        cls.agent, cls.other_agent, cls.approver, cls.auditor, cls.colleague = (
            cls._users(
                token_agent=[agent],
                token_other=[agent],
                token_approver=[f"{MODULE}.group_agent_confirmation_approver"],
                token_auditor=[f"{MODULE}.group_agent_guard_admin"],
                token_colleague=[],
            )
        )
        cls.client, cls.document = cls.env["res.partner"].create(
            [
                {"name": "Client", "email": "client@outside.example"},
                {"name": "Document", "email": "document@outside.example"},
            ]
        )
        cls.confirmations = cls.env["strictbase.agent.confirmation"]
        # most tests issue a token before anything was refused
        cls.env["ir.config_parameter"].set_param(f"{MODULE}.unbound_tokens", "1")

    @classmethod
    def _users(cls, **groups):
        """Employees by login, with these groups beside their own: made all at once, as
        most of what that costs is then paid once."""
        employee = ["base.group_user", "base.group_partner_manager"]
        users = cls.env["res.users"].with_context(no_reset_password=True)
        return users.create(
            [
                {
                    "name": login,
                    "login": login,
                    "email": f"{login}@inside.example",
                    "group_ids": [
                        Command.set([cls.env.ref(name).id for name in employee + names])
                    ],
                }
                for login, names in groups.items()
            ]
        )

    @classmethod
    def _user(cls, login, *groups):
        return cls._users(**{login: list(groups)})

    def issue(self, *args, user=None, **kwargs):
        return self.confirmations.with_user(user or self.approver).issue_token(
            *(args or ("res.partner", "message_post", self.document.ids)), **kwargs
        )

    def post(self, user=None, token=None, record=None, **kwargs):
        """A comment to the client, as the agent unless told otherwise."""
        record = (record or self.document).with_user(user or self.agent)
        if token:
            record = record.with_context(agent_confirmation_token=token)
        values = {"body": "Hello", "partner_ids": self.client.ids, **kwargs}
        return record.message_post(**values)

    def assertHeld(self, function, *args, fault=None, **kwargs):
        with self.assertRaises(UserError) as raised:
            function(*args, **kwargs)
        text = str(raised.exception)
        self.assertTrue(text.startswith(f"{MARKER}\nreason: outbound_"), text)
        self.assertIn("\ndetail: ", text)
        if fault:
            self.assertIn(f"\ntoken: {fault}", text)
        return text
