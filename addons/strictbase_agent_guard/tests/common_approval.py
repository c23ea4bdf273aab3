# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""An approver and an agent with real keys, over JSON-2."""

from datetime import datetime, timedelta

from .common_http import GuardHttpCase

CLIENT = "client@outside.example"
TOMORROW = f"{datetime.now() + timedelta(days=1):%Y-%m-%d %H:%M:%S}"


class ApprovalCase(GuardHttpCase):
    records_of = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # what the tables of roads keep waiting is not in the queues here
        cls.env["mail.scheduled.message"].search([]).unlink()
        cls.env["ir.config_parameter"].set_param(
            "strictbase_agent_guard.unbound_tokens", "1"
        )
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
