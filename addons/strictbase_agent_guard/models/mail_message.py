# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from weakref import WeakKeyDictionary

from odoo import api, models

from ..tools.call_state import peek
from ..tools.rules import Rule
from ..tools.who import agents_of

VISIBLE_FIELDS = frozenset(
    {
        "attachment_ids",
        "body",
        "is_internal",
        "message_type",
        "model",
        "res_id",
        "subject",
        "subtype_id",
    }
)
SENT_FIELDS = frozenset(
    {
        "attachment_ids",
        "author_id",
        "body",
        "email_from",
        "mail_server_id",
        "partner_ids",
        "reply_to",
        "subject",
    }
)


#: Values that change what is said, but not who can read it.
WORDS = {"body", "subject"}
#: cursor -> messages that a job has made in its transaction, under whatever name
_of_jobs = WeakKeyDictionary()


class MailMessage(models.Model):
    # a concern of its own
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        messages = super().create(vals_list)
        state = peek(self.env)
        if state is not None and not state.refused and not state.granted:
            state.unseen.update(messages.ids)
        if agents_of(self.env):
            if self.env["strictbase.agent.guard"]._person() is None:
                _of_jobs.setdefault(self.env.cr, set()).update(messages.ids)
        return messages

    def _agent_guard_is_of_job(self):
        """Whether no person but a job has made this message, as far as is known."""
        return self.id in _of_jobs.get(self.env.cr, ())

    def _agent_guard_check(self, names, created=False):
        state = peek(self.env)
        if (
            state is not None
            and not created
            and WORDS.issuperset(names)
            and state.unseen.issuperset(self.ids)
        ):
            # this call has made it: its readers are known, its mails judged as made
            return
        super()._agent_guard_check(names, created=created)

    def _agent_guard_rules(self):
        return [
            *super()._agent_guard_rules(),
            Rule(fields=VISIBLE_FIELDS, created=True, items="_agent_guard_published"),
            Rule(fields=SENT_FIELDS, items="_agent_guard_queued"),
        ]

    def _agent_guard_queued(self):
        """A message also says what its queued e-mails and notifications say."""
        guard = self.env["strictbase.agent.guard"]
        messages = self.sudo()
        mails = self.env["mail.mail"].sudo()
        mails = mails.search(
            [("mail_message_id", "in", self.ids), ("state", "=", "outgoing")]
        )
        mails._agent_guard_check_stored()
        waiting = self.env["mail.message.schedule"].sudo()
        waiting = waiting.search([("mail_message_id", "in", self.ids)])
        items = []
        for message in waiting.mail_message_id & messages:
            record = guard._document(message.model, message.res_id)
            partners = message.partner_ids
            if record and "message_partner_ids" in record._fields:
                partners |= record.message_partner_ids
            recipients = guard._as_recipients(guard._outside_partners(partners))
            if recipients:
                items.append(
                    guard._new_egress(
                        "scheduled notification",
                        recipients,
                        record,
                        subject=message.subject or "",
                        target=("mail.message", message.id),
                    )
                )
        return items

    def _agent_guard_published(self):
        """A manifest line for each of these messages that is said to people outside.

        A page shows what an agent wrote only when it is approved (``reader_filter``);
        a conversation tells its members at once.
        """
        items = [message._agent_guard_publication() for message in self]
        return [item for item in items if item is not None]

    def _agent_guard_publication(self):
        """The manifest line if people outside are in the conversation, else None."""
        self.ensure_one()
        if self.model != "discuss.channel":
            return None
        guard = self.env["strictbase.agent.guard"]
        record = guard._document(self.model, self.res_id)
        readers = record._agent_guard_readers() if record else []
        if not readers:
            return None
        return guard._new_egress(
            "chat",
            readers,
            record,
            subject=self.subject or "",
            digest=guard._digest_of(
                self.subject, self.body, attachments=self.attachment_ids
            ),
            target=("mail.message", self.id),
        )
