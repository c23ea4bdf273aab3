# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What tests of the agents' origin share: an agent's act, a person's look, what left
and what is held. The tests themselves are by whoever carries the work out.
"""

from .common_http import GuardHttpCase
from .roads import WORDS

CLIENT = "client@outside.example"


class OriginCase(GuardHttpCase):
    records_of = ("project.task",)

    def setUp(self):
        super().setUp()
        self.Held = self.env["strictbase.agent.held"]
        self.before = self.Held.search([])
        self.wire.clear()

    def ok(self, who, endpoint, ids=None, /, **kwargs):
        answer = self.rpc(who, endpoint, ids, **kwargs)
        self.assertTrue(answer.ok, f"{endpoint}: {answer.text[:500]}")
        self.env.invalidate_all()
        return answer.body

    def held(self):
        self.env.invalidate_all()
        return self.Held.search([]) - self.before

    def recipients(self):
        return {to for letter in self.wire.letters for to in letter["to"]}

    def look(self, record, seconds=60):
        """A person saves the record, a while after all that was touched so far."""
        self.cr.execute(
            "UPDATE strictbase_agent_touch SET touched_at = touched_at "
            "- make_interval(secs => %s)",
            [seconds],
        )
        self.env.invalidate_all()

    def agents_contact(self):
        """Somebody outside whom the agent has written down."""
        return self.ok(
            "agent",
            "res.partner/create",
            vals_list=[{"name": WORDS, "email": "new@outside.example"}],
        )

    def see(self, partner):
        """A person opens and saves a contact."""
        self.look(partner)
        self.ok("human", "res.partner/write", partner, vals={"ref": "seen"})
