# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A refused call, its request and its claim, with real keys."""

from .common_approval import ApprovalCase

GUARD = "strictbase_agent_guard"
MODEL = "strictbase.agent.confirmation"


class RequestCase(ApprovalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param(f"{GUARD}.unbound_tokens", False)
        cls.second = cls.env["res.partner"].create(
            {"name": "Second", "email": "second@outside.example"}
        )
        cls.env.flush_all()

    def asked(self, answer):
        """What the refusal tells of its request."""
        self.assertTrue(answer.confirmation_required, answer.text)
        return answer.body["context"]["agent_confirmation"]

    def let_approver(self, *groups):
        """Let the approver also read what these groups may."""
        groups = [(4, self.env.ref(name).id) for name in groups]
        self.users["approver"].group_ids = groups
        self.env.flush_all()

    def ask(self, who, endpoint, ids=None, /, **kwargs):
        """A call that is refused, and then approved."""
        told = self.asked(self.rpc(who, endpoint, ids, **kwargs))
        self.approve(told["request"])
        return told

    def again(self, told, who, endpoint, ids=None, /, **kwargs):
        """The call with the claim to its request."""
        self.wire.clear()
        context = {"agent_confirmation_token": told["claim"]}
        return self.rpc(who, endpoint, ids, context=context, **kwargs)

    def items(self, told):
        """What the approver's program is told that it would send."""
        answer = self.rpc(
            "approver", f"{MODEL}/request_manifest", request_uuid=told["request"]
        )
        self.assertTrue(answer.ok, answer.text)
        return answer.body["items"]

    def row(self, number):
        self.env.invalidate_all()
        return self.env[MODEL].search([("request_uuid", "=", number)])

    def approve(self, number, who="approver"):
        self.row(number).with_user(self.users[who]).action_approve()
        self.env.flush_all()

    def post_approved(self, **kwargs):
        """A claim that has been approved."""
        told = self.asked(self.post(**kwargs))
        self.approve(told["request"])
        return told

    def status(self, number, who="agent"):
        return self.rpc(who, f"{MODEL}/request_status", request_uuid=number)

    def with_claim(self, told, **kwargs):
        self.wire.clear()
        context = {"agent_confirmation_token": told["claim"]}
        return self.post(context=context, **kwargs)

    def assertDiffers(self, answer, *words):
        self.assertTrue(answer.confirmation_required, answer.text)
        self.assertIn("\ntoken: not what was approved", answer.body["message"])
        for word in words:
            self.assertIn(word, answer.body["message"])
        self.assertFalse(self.wire.letters)
