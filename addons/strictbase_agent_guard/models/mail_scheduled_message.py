# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models

from ..tools.acts import looked
from ..tools.call_state import Grant, detach, peek
from ..tools.rules import Rule

TOKEN = "agent_confirmation_token"
CONTENT = frozenset(
    {
        "attachment_ids",
        "body",
        "is_note",
        "notification_parameters",
        "partner_ids",
        "scheduled_date",
        "send_context",
        "subject",
    }
)


class MailScheduledMessage(models.Model):
    # a concern of its own
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "mail.scheduled.message"

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = self._agent_guard_with_defaults(vals_list)
        return super().create([_without_token(vals) for vals in vals_list])

    def _agent_guard_rules(self):
        return [
            *super()._agent_guard_rules(),
            Rule(fields=CONTENT, created=True, items="_agent_guard_scheduled"),
        ]

    def _agent_guard_scheduled(self):
        items = [message._agent_guard_item() for message in self]
        return [item for item in items if item is not None]

    def _agent_guard_item(self):
        """The manifest line for what this will send, None if it stays inside."""
        self.ensure_one()
        guard = self.env["strictbase.agent.guard"]
        record = guard._document(self.model, self.res_id)
        partners = self.partner_ids
        if record and not self.is_note:
            partners |= record.message_partner_ids
        recipients = guard._as_recipients(guard._outside_partners(partners))
        if not recipients:
            return None
        return guard._new_egress(
            "scheduled message",
            recipients,
            record,
            subject=self.subject or "",
            digest=guard._digest_of(
                self.subject,
                self.body,
                self.is_note,
                self.notification_parameters,
                attachments=self.attachment_ids,
            ),
            target=(self._name, self.id),
        )

    def _post_message(self, raise_exception=True):
        """What an agent has scheduled is sent only as it was approved."""
        agents = self.env["res.users"]._agent_guard_uids()
        ours = self.filtered(lambda message: message.sudo().create_uid.id in agents)
        if not agents:
            return super()._post_message(raise_exception=raise_exception)
        for message in self - ours:
            # what a colleague has left here is that colleague's own work
            with looked(message.sudo().write_date):
                super(MailScheduledMessage, message)._post_message(
                    raise_exception=raise_exception
                )
        for message in ours:
            with _ApprovedEarlier(message):
                super(MailScheduledMessage, message)._post_message(
                    raise_exception=raise_exception
                )
        return None


def _without_token(vals):
    """These values, with a context that stores no approval."""
    context = vals.get("send_context")
    if not isinstance(context, dict) or TOKEN not in context:
        return vals
    return {**vals, "send_context": {k: v for k, v in context.items() if k != TOKEN}}


class _ApprovedEarlier:
    """Lets one scheduled message use the approval that it was created with."""

    def __init__(self, message):
        self.message = message.sudo()
        self.opened = False
        self.state = None
        self.before = None

    def __enter__(self):
        env = self.message.env
        actor = self.message.create_uid.id
        item = self.message._agent_guard_item()
        rows = env["strictbase.agent.egress"]._released(
            self.message._name, self.message.id
        )[:1]
        if item is None or not rows or rows.content_digest != item.digest:
            return
        if not item.addresses() <= rows._addresses():
            return
        grant = Grant(
            rows.confirmation_ref, rows.approver_user_id.id, rows._addresses()
        )
        self.state = peek(env)
        if self.state is None:
            guard = env["strictbase.agent.guard"]
            context = {"agent_channel": rows.agent_channel}
            self.state = guard._open_call(
                actor, self.message._name, "post_message", self.message.ids, context
            )
            self.opened = True
        self.before = self.state.grant
        self.state.grant = grant

    def __exit__(self, exc_type, exc, traceback):
        if self.state is None:
            return False
        self.state.grant = self.before
        if self.opened:
            detach(self.message.env)
        return False
