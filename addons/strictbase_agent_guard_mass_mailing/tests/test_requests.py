# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What was approved of a mailing is what its people get."""

from odoo.tests import tagged

from odoo.addons.strictbase_agent_guard.tests.common_approval import CLIENT
from odoo.addons.strictbase_agent_guard.tests.common_requests import RequestCase

QUEUE = "mass_mailing.ir_cron_mass_mailing_queue"


@tagged("post_install", "-at_install")
class TestRequests(RequestCase):
    def setUp(self):
        super().setUp()
        self.let_approver("mass_mailing.group_mass_mailing_user")
        mailing = {
            "subject": "News",
            "body_html": "<p>Agent's news</p>",
            "mailing_model_id": self.at["model_partner"],
            "mailing_domain": f"[('id', '=', {self.client.id})]",
        }
        answer = self.rpc("agent_wide", "mailing.mailing/create", vals_list=[mailing])
        self.assertTrue(answer.ok, answer.text)
        self.mailing = self.env["mailing.mailing"].browse(answer.body)
        self.call = ("agent_wide", "mailing.mailing/action_launch", self.mailing.id)

    def letters(self):
        self.pass_time(QUEUE)
        return self.recipients()

    def change(self, **values):
        answer = self.rpc(
            "agent_wide", "mailing.mailing/write", self.mailing.id, vals=values
        )
        self.assertTrue(answer.ok, answer.text)

    def test_what_the_approver_sees(self):
        (item,) = self.items(self.ask(*self.call))
        self.assertEqual(item["recipients"], [{"name": "Client", "address": CLIENT}])
        self.assertEqual(item["subject"], "News")
        self.assertIn("Agent's news", item["body_text"])
        self.assertTrue(item["sender"])

    def test_who_is_hidden_from_the_agent(self):
        """An approver sees everybody whom it reaches; the agent is told of those whom
        it may read, and not whether there are others."""
        hidden = self.env["res.partner"].create(
            {"name": "Hidden", "email": "hidden@outside.example", "function": "Spy"}
        )
        agent = self.users["agent_wide"]
        self.env["ir.rule"].create(
            {
                "name": "Hidden from one",
                "model_id": self.at["model_partner"],
                "domain_force": f"[('id', '!=', {hidden.id} if user.id == {agent.id} "
                "else 0)]",
            }
        )
        ids = [self.client.id, hidden.id]
        nobody = self.env["res.partner"].search([("function", "=", "Nobody")])
        self.assertFalse(nobody)
        told = []
        for domain in (
            f"[('id', 'in', {ids})]",
            "[('function', '=', 'Spy')]",
            "[('function', '=', 'Nobody')]",
        ):
            self.change(mailing_domain=domain)
            answer = self.rpc(self.call[0], self.call[1], self.call[2])
            request, claim = self.asked(answer)["request"], self.asked(answer)["claim"]
            row = self.row(request)
            text = answer.text.replace(request, "").replace(claim, "")
            seen = self.rpc(
                "agent_wide",
                f"{row._name}/request_manifest",
                request_uuid=request,
            ).body["items"][0]["recipients"]
            own = self.rpc(
                "agent_wide",
                f"{row._name}/read",
                row.ids,
                fields=["recipients_text", "summary", "subject", "reason"],
            ).body
            for what in (text, str(seen), str(own)):
                self.assertNotIn("idden", what)
            told.append((text, seen, {**own[0], "id": 0}))
            everybody = {r["name"] for li in row._lines() for r in li["recipients"]}
            self.assertEqual("Hidden" in everybody, "Nobody" not in domain)
        # whether there is one that the condition is met by
        self.assertEqual(told[1], told[2])
        self.assertIn(CLIENT, told[0][0])

    def test_sent_as_approved(self):
        told = self.ask(*self.call)
        answer = self.again(told, *self.call)
        self.assertTrue(answer.ok, answer.text)
        self.assertEqual(self.letters(), [CLIENT])
        self.assertIn("Agent's news", self.wire.letters[0]["text"])

    def test_other_words(self):
        told = self.ask(*self.call)
        self.change(body_html="<p>Other news</p>")
        self.assertDiffers(self.again(told, *self.call), "the text differs")
        self.change(body_html="<p>Agent's news</p>", subject="Old")
        self.assertDiffers(self.again(told, *self.call), "the subject differs")
        self.assertFalse(self.letters())

    def test_words_of_what_was_sent(self):
        """Whoever has got it can open it again, on a page, as it is now."""
        told = self.ask(*self.call)
        self.assertTrue(self.again(told, *self.call).ok)
        self.letters()
        self.assertEqual(self.mailing.state, "done")
        self.change(name="Sent in May", user_id=self.users["colleague"].id)
        call = ("agent_wide", "mailing.mailing/write", self.mailing.id)
        answer = self.rpc(*call, vals={"body_html": "<p>Other news</p>"})
        self.assertIn("whoever has got the mailing", self.asked(answer) and answer.text)
        (item,) = self.items(self.asked(answer))
        self.assertIn("Other news", item["body_text"])

    def test_other_people(self):
        told = self.ask(*self.call)
        both = [self.client.id, self.second.id]
        self.change(mailing_domain=f"[('id', 'in', {both})]")
        self.assertDiffers(self.again(told, *self.call), "second@outside.example")
        self.assertFalse(self.letters())

    def test_an_agent_has_not_looked(self):
        """By no value and no default of its own, whatever else it writes."""
        moment = {"agent_guard_looked_at": "2099-01-01 00:00:00"}
        answer = self.rpc(
            "agent_wide", "mailing.mailing/write", self.mailing.id, vals=moment
        )
        self.assertEqual(answer.status, 403, answer.text)
        values = {"subject": "More", "mailing_model_id": self.at["model_partner"]}
        for given, context in (
            (moment, {}),
            ({}, {"default_agent_guard_looked_at": moment["agent_guard_looked_at"]}),
        ):
            answer = self.rpc(
                "agent_wide",
                "mailing.mailing/create",
                vals_list=[{**values, **given}],
                context=context,
            )
            self.assertTrue(answer.ok, answer.text)
            made = self.env["mailing.mailing"].browse(answer.body)
            self.assertFalse(made.agent_guard_looked_at)
        made.with_user(self.users["human_wide"]).write({"subject": "Seen"})
        self.assertTrue(made.agent_guard_looked_at)

    def test_what_is_put_under_it_after_the_approval(self):
        """The claim was used: the job sends what was approved, to nobody else."""
        self.change(mailing_domain="[('name', 'in', ['Client', 'Falls under it'])]")
        told = self.ask(*self.call)
        self.assertTrue(self.again(told, *self.call).ok)
        self.rpc(
            "agent_wide",
            "res.partner/create",
            vals_list=[{"name": "Falls under it", "email": "late@outside.example"}],
        )
        self.assertNotIn("late@outside.example", self.letters())
