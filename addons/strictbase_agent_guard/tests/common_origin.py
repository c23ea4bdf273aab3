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

    def _job(self, partner_id, before="pass"):
        """A scheduled job that mails a contact."""
        self._run(
            f"record = env['res.partner'].browse({partner_id})\n{before}\n"
            f"env['mail.template'].browse({self.at['template']}).send_mail("
            f"{partner_id}, email_values={{'recipient_ids': [(6, 0, ["
            f"{partner_id}])]}})"
        )

    def _run(self, code):
        cron = self.env["ir.cron"].create(
            {
                "name": "Mails",
                "model_id": self.at["model_partner"],
                "state": "code",
                "interval_type": "days",
                "code": code,
            }
        )
        xmlid = self.env["ir.model.data"].create(
            {
                "module": "guard_roads",
                "name": f"job_{cron.id}",
                "model": "ir.cron",
                "res_id": cron.id,
            }
        )
        self.pass_time(xmlid.complete_name)
