# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a job makes of an agent's work is held, until a person has looked at it."""

from odoo.tests import tagged

from ..tools.acts import job
from .common_origin import CLIENT, OriginCase
from .roads import COMMENT, WORDS


@tagged("post_install", "-at_install")
class TestOriginJobs(OriginCase):
    records_of = ("hr.employee", "project.task")

    def test_a_job_mails_about_what_an_agent_has_made(self):
        partner = self.agents_contact()
        self._job(partner[0])
        self.assertNotIn("new@outside.example", self.recipients())
        self.assertEqual(self.held().channel, "e-mail")

    def test_a_job_mails_about_what_a_person_has_seen(self):
        partner = self.agents_contact()
        self.see(partner)
        self._job(partner[0])
        self.assertIn("new@outside.example", self.recipients())

    def test_a_contact_that_an_agent_merged_others_into(self):
        partners = self.env["res.partner"].create(
            [{"name": name, "email": "new@outside.example"} for name in ("A", "B")]
        )
        self._job(partners[1].id)
        self.assertIn("new@outside.example", self.recipients())
        self.wire.clear()
        model = "base.partner.merge.automatic.wizard"
        values = {"partner_ids": [[6, 0, partners.ids]], "state": "selection"}
        values["dst_partner_id"] = partners[1].id
        wizard = self.ok("agent", f"{model}/create", vals_list=[values])
        self.ok("agent", f"{model}/action_merge", wizard)
        self.assertFalse(partners[0].exists())
        self._job(partners[1].id)
        self.assertFalse(self.recipients())
        self.see(partners[1].ids)
        self._job(partners[1].id)
        self.assertIn("new@outside.example", self.recipients())

    def test_letters_that_were_taken_back_before_they_are_sent(self):
        """After a commit Odoo sends what was queued, without asking what is there."""
        address = self.users["colleague"].email
        for who in ("agent", "colleague"):
            with self.subTest(who):
                letters = self.env["mail.mail"].with_user(self.users[who]).sudo()
                letter = letters.create({"body_html": "<p>x</p>", "email_to": address})
                letter.unlink()
                self.env.flush_all()
                self.env.invalidate_all()
                letter.send()
                self.assertFalse(self.recipients())

    def test_a_letter_that_gets_its_file_later(self):
        """It is held as it is made; approvers are shown all that it has in the end."""
        partner = self.agents_contact()
        self._run(
            "mail = env['mail.mail'].create({'subject': 'x', 'body_html': '<p>x</p>', "
            f"'model': 'res.partner', 'res_id': {partner[0]}, "
            f"'recipient_ids': [(4, {partner[0]})]}})\n"
            "mail.write({'attachment_ids': [(0, 0, {'name': 'a.txt', 'raw': b'x'})]})"
        )
        held = self.held()
        self.assertEqual([file["name"] for file in held.line["files"]], ["a.txt"])
        held.with_user(self.users["approver"]).action_release()
        self.env.flush_all()
        self.pass_time()
        self.assertIn("new@outside.example", self.recipients())

    def test_a_letter_that_is_written_after_it_was_decided(self):
        """What was decided stays as it was; where that is gone, the job goes on."""
        partner = self.agents_contact()
        values = {"subject": "x", "body_html": "<p>x</p>", "model": "res.partner"}
        values |= {"res_id": partner[0], "recipient_ids": [(6, 0, partner)]}
        with job():
            mail = self.env["mail.mail"].create(values)
            mail.subject = "y"
        held = self.held()
        self.assertEqual(held.subject, "y")
        held.with_user(self.users["approver"]).action_release()
        with job():
            mail.subject = "z"
            self.assertEqual(held.subject, "y")
            held.unlink()
            mail.subject = "gone"
        self.assertEqual(mail.subject, "gone")

    def test_an_address_changed_after_the_release(self):
        """Also where the letter is about the contact that it goes to."""
        partner = self.agents_contact()
        self._job(partner[0])
        held = self.held()
        held.with_user(self.users["approver"]).action_release()
        self.env.flush_all()
        values = {"email": "moved@outside.example"}
        self.ok("agent", "res.partner/write", partner, vals=values)
        self.pass_time()
        self.assertFalse(
            self.recipients() & {"moved@outside.example", "new@outside.example"}
        )
        self.assertEqual((self.held() - held).channel, "e-mail")

    def test_what_says_nothing_of_a_record(self):
        """Odoo gives an order its link when an agent looks at it, and a contact is
        named by what was written to it."""
        tells = self.env["res.partner"]._agent_guard_telling
        for names in ({"access_token"}, {"mail.message.partner_ids", "signup_type"}):
            self.assertFalse(tells(names, document=True))
        self.assertTrue(tells({"access_token", "email"}, document=True))
        self.assertTrue(tells({"mail.followers"}, document=True))

    def test_what_a_job_goes_by(self):
        """A colour says nothing, but where a job chooses by it."""
        tells = self.env["res.partner"]._agent_guard_telling
        for asked, telling in (
            ("", False),
            ("[('color', '=', 7)]", True),
            ("[('colors', '=', 7), ('color_id', '=', 7)]", False),
            ("[('name', '=', 'x')]", False),
        ):
            found = tells({"color"}, document=True, asked=asked)
            self.assertEqual(found, telling, asked)
        self.assertTrue(tells({"color", "email"}, document=True))
        # also of a record that the document names, and from the other side of a list
        by_category = "[('partner_id.category_id.name', '=', 'Gold')]"
        for name, asked, telling in (
            ("category_id", by_category, True),
            ("res.partner.category.partner_ids", by_category, True),
            ("category_id", "", False),
            ("res.partner.category.partner_ids", "[('name', '=', 'x')]", False),
            ("function", by_category, False),
            ("color", "[('partner_id.color', '=', 7)]", True),
        ):
            self.assertEqual(tells({name}, asked=asked), telling, (name, asked))

    def test_what_only_names_a_linked_record(self):
        """A place is not what is moved there, an event not who comes; a term of payment
        is what its lines say."""
        for model, name, telling in (
            ("stock.location", "stock.move.line", False),
            ("event.event", "event.registration", False),
            ("account.payment.term", "account.payment.term.line", True),
            ("res.partner.category", "res.partner.category.partner_ids", True),
            ("res.lang", "survey.survey.lang_ids", "survey.survey" not in self.env),
        ):
            if model in self.env:
                tells = self.env[model]._agent_guard_telling
                self.assertEqual(tells({name}), telling, model)
                self.assertTrue(tells({name}, document=True), model)

    def _said_by_a_job(self):
        """What a job says on a record of the agent's, to those who can open it."""
        partner = self.agents_contact()
        say = (
            f"record.message_post(body=record.name, subtype_xmlid='{COMMENT}', "
            "partner_ids=record.ids)"
        )

        def said():
            self._job(partner[0], say)
            return self.env["mail.message"].search(
                [
                    ("model", "=", "res.partner"),
                    ("res_id", "=", partner[0]),
                    ("body", "like", WORDS),
                ],
                limit=1,
            )

        return partner, said

    def test_what_a_job_says_of_it_is_not_shown_either(self):
        _partner, said = self._said_by_a_job()
        message = said()
        self.assertTrue(message.agent_unapproved)
        held = self.held().filtered(lambda row: row.target_id in message.mail_ids.ids)
        held.with_user(self.users["approver"]).action_release()
        self.assertFalse(message.agent_unapproved)

    def test_what_a_job_says_of_what_a_person_has_seen_is_shown(self):
        partner, said = self._said_by_a_job()
        self.see(partner)
        self.assertFalse(said().agent_unapproved)

    def test_a_job_that_writes_first_does_not_hide_the_agent(self):
        partner = self.agents_contact()
        self.look(partner)
        for user in (self.env.user, self.users["colleague"]):
            self._job(
                partner[0], f"record.with_user({user.id}).write({{'ref': 'job'}})"
            )
        self.assertNotIn("new@outside.example", self.recipients())

    def test_a_job_that_writes_does_not_hide_the_person(self):
        partner = self.agents_contact()
        self.see(partner)
        self._job(partner[0], "record.write({'ref': 'job'})")
        self.assertIn("new@outside.example", self.recipients())

    def _worked_out(self, hours):
        """An agent's task with a client, whose total a colleague's act changes."""
        if "task_id" not in self.env["account.analytic.line"]._fields:
            self.skipTest("hr_timesheet not installed")
        values = {"name": WORDS, "partner_id": self.client.id}
        values["project_id"] = self.at["project"]
        task = self.ok("agent", "project.task/create", vals_list=[values])
        self.look(task)
        line = {"name": "Work", "project_id": self.at["project"], "task_id": task[0]}
        self.ok(
            "human",
            "account.analytic.line/create",
            vals_list=[{**line, "unit_amount": hours}],
        )
        self.assertEqual(self.env["project.task"].browse(task).effective_hours, hours)
        return task

    def _told_of_task(self, task):
        self._run(
            f"env['project.task'].browse({task}).message_post(body='x', "
            f"subtype_xmlid='{COMMENT}', partner_ids=[{self.client.id}])"
        )
        return CLIENT in self.recipients()

    def test_a_total_that_is_worked_out_is_no_look(self):
        self.assertFalse(self._told_of_task(self._worked_out(2)))
        self.assertTrue(self.held())

    def test_saving_it_is_a_look_whatever_is_worked_out(self):
        task = self._worked_out(3)
        self.ok("human", "project.task/write", task, vals={"priority": "1"})
        self.assertTrue(self._told_of_task(task))

    def test_an_incoming_mail_is_passed_on(self):
        """A client has answered: others who follow get it, whatever an agent did."""
        self.ok("agent", "res.partner/write", self.at["file"], vals={"comment": "x"})
        raw = (
            "From: other@outside.example\nTo: file@inside.example\n"
            "Subject: Hello\nMessage-Id: <1@outside.example>\n\nTheir words"
        )
        with job():
            self.env["mail.thread"].message_process(
                "res.partner", raw, thread_id=self.at["file"]
            )
        self.pass_time()
        self.assertIn(CLIENT, self.recipients())
        self.assertFalse(self.held())

    def test_what_was_approved_was_looked_at(self):
        partner = self.agents_contact()
        token = self.ok(
            "approver",
            "strictbase.agent.confirmation/issue_token",
            model_name="res.partner",
            method_name="message_post",
            record_ids=partner,
            recipients=["new@outside.example"],
        )
        self.ok(
            "agent",
            "res.partner/message_post",
            partner,
            body="Hello",
            partner_ids=partner,
            context={"agent_confirmation_token": token},
        )
        self.wire.clear()
        self._job(partner[0])
        self.assertIn("new@outside.example", self.recipients())

    def test_a_job_that_writes_on_nothing_goes_on(self):
        self.ok("agent", "res.partner/write", self.at["quiet"], vals={"comment": "x"})
        self._job(self.client.id, "record.browse().write({'ref': 'job'})")
        self.assertIn(CLIENT, self.recipients())

    def _bare(self, address=CLIENT, words="There again"):
        """A job's letter to an address, about no record."""
        self._run(
            "env['mail.mail'].create({'subject': 'There again', 'email_to': "
            f"'{address}', 'body_html': '<p>{words}</p>'}}).send()"
        )
        return self.recipients()

    def test_a_job_writes_to_the_address_of_an_agents_choice(self):
        self.ok("agent", "res.partner/write", self.client.id, vals={"email": CLIENT})
        self.assertNotIn(CLIENT, self._bare())
        self.assertIn(self.users["agent"].name, self.held().why)

    def test_a_job_writes_to_an_address_that_no_agent_chose(self):
        vals = {"comment": "x", "function": "y"}
        self.ok("agent", "res.partner/write", self.client.id, vals=vals)
        self.assertIn(CLIENT, self._bare())
        self.assertFalse(self.held())

    def test_a_job_writes_to_an_address_that_only_looks_like_an_agents(self):
        """Part of a longer address, its domain, and technical names in links."""
        if "crm.lead" not in self.env:
            self.skipTest("crm not installed")
        lead = {"name": "res.partner", "email_from": CLIENT[1:]}
        self.ok("agent", "crm.lead/create", vals_list=[lead])
        self.assertIn(CLIENT, self._bare())
        self.ok("agent", "crm.lead/create", vals_list=[{**lead, "email_from": CLIENT}])
        self.wire.clear()
        self.assertNotIn(CLIENT, self._bare())

    def _lead(self, **values):
        """Somebody on no contact, whom the agent has written down."""
        if "crm.lead" not in self.env:
            self.skipTest("crm not installed")
        values = {"name": "Lead", "country_id": self.env.ref("base.be").id, **values}
        self.ok("agent", "crm.lead/create", vals_list=[values])

    def test_a_job_writes_to_an_address_however_it_is_typed(self):
        for typed, sent in (
            (f'"X" <{CLIENT}>', CLIENT),
            (CLIENT.upper(), CLIENT),
            (CLIENT, CLIENT.title()),
        ):
            with self.subTest(typed=typed, sent=sent), self.apart():
                self._lead(email_from=typed)
                self.assertFalse(self._bare(sent))
                self.assertTrue(self.held())
        # another one with its name, in whatever case
        self._lead(email_from=f'"There Again" <first{CLIENT}>')
        self.assertIn(CLIENT, self._bare())

    def test_a_job_tells_of_a_number_however_it_is_typed(self):
        for typed in ("0470 99 88 77", "+32 470/99.88.77", "+32470998877"):
            with self.subTest(typed), self.apart():
                self._lead(phone=typed)
                self.assertFalse(self._bare(words="Call +32470998877 again"))
                self.assertTrue(self.held())
        self._lead(phone="0470 99 88 78", function="0470 99 88 77")
        self.assertIn(CLIENT, self._bare(words="Call +32470998877 again"))

    def test_a_waiting_mail_whose_contact_moves(self):
        mail = self.env["mail.mail"].create(
            {
                "subject": "Ours",
                "body_html": "<p>Ours</p>",
                "recipient_ids": [(6, 0, self.client.ids)],
                "state": "outgoing",
            }
        )
        self.ok(
            "agent",
            "res.partner/write",
            self.client.id,
            vals={"email": "moved@outside.example"},
        )
        self.pass_time()
        self.assertFalse(self.recipients() & {"moved@outside.example", CLIENT})
        self.assertEqual(mail.state, "cancel")
        self.assertIn(self.users["agent"].name, mail.agent_guard_why)
