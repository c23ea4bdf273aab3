# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What is held waits among the approvals: a request that a person decides in Odoo.

Approving it releases exactly the row that was shown, if it still says the same to no
one else; rejecting it drops the row. No agent can use such a request for a call.
"""

import secrets

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.call_state import CallState, Entry
from ..tools.manifest import differences, digest_of, visible
from .agent_request_decide import ACTIVITY, MAX_TOLD

#: What is held waits for a decision, however long it takes.
WAITS_DAYS = 36500


class StrictbaseAgentConfirmation(models.Model):
    _inherit = "strictbase.agent.confirmation"

    held_id = fields.Many2one(
        "strictbase.agent.held", readonly=True, index=True, copy=False
    )
    why = fields.Text("Why it is held", related="held_id.why")

    # ------------------------------------------------------------------
    # Filing
    # ------------------------------------------------------------------
    @api.model
    def _file_held(self, held, quiet=False):
        """The request that stands for what is held; asked of approvers alone."""
        root = self.env(su=True, context={})[self._name].with_context(
            mail_create_nolog=True,
            mail_create_nosubscribe=True,
            tracking_disable=True,
        )
        row = root.create(
            {
                **root._held_values(held),
                # nobody has it: there is no call to use it for
                "token_digest": self._digest(secrets.token_hex(32)),
                "reason": (held.why or "")[:200],
                "held_id": held.id,
                "expires_at": fields.Datetime.add(
                    fields.Datetime.now(), days=WAITS_DAYS
                ),
            }
        )
        if not quiet:
            row._tell_approvers()
        return row

    @api.model
    def _held_values(self, held):
        entry = Entry(held._name, "action_release", (held.id,))
        state = CallState(held.agent_user_id.id, True, entry)
        lines = [held.line]
        return self._request_values(state, lines, digest_of(entry, lines))

    def _tell_approvers(self):
        """Of what is held an approver is told once, until that was seen to."""
        held = self.filtered("held_id")
        super(StrictbaseAgentConfirmation, self - held)._tell_approvers()
        if not held:
            return
        told = self.env["mail.activity"].sudo()
        told = told.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.sudo()._search([("held_id", "!=", False)])),
            ]
        )
        quiet = held[:1].sudo().with_context(mail_activity_quick_update=True)
        for user in (self._approvers() - told.user_id)[:MAX_TOLD]:
            quiet.activity_schedule(
                ACTIVITY,
                summary=self.env._("Held by the agent guard: %s", quiet.summary),
                user_id=user.id,
            )

    # ------------------------------------------------------------------
    # Deciding
    # ------------------------------------------------------------------
    def action_approve(self):
        if not self.held_id:
            return super().action_approve()
        self._check_interactive()
        changed = self._approve_held()
        rest = self.filtered(lambda row: not row.held_id)
        if rest:
            super(StrictbaseAgentConfirmation, rest).action_approve()
        return self._tell_changed(changed) or True

    def _approve(self, seconds, **values):
        held = self.filtered("held_id")
        changed = held._approve_held() if held else ""
        if changed and "minted_digest" in values:
            raise UserError(changed)
        if self - held:
            super(StrictbaseAgentConfirmation, self - held)._approve(seconds, **values)
        return changed

    def _approve_held(self):
        """Release these; in words what has changed since it was held, and so waits
        on as it is now."""
        held = self.filtered("held_id")
        held._check_may_decide()
        changed = []
        for row in held:
            if row.state != "pending":
                raise UserError(
                    self.env._("%s does not wait for approval any more.", row.summary)
                )
            target = row.held_id.sudo()
            found = target._changes()
            if found:
                target._refresh()
                changed += [f"{row.summary}: {words}" for words in found]
                continue
            target._release()
            target._decide("released")
        return "\n".join(changed)

    @api.model
    def _tell_changed(self, changed):
        """The page is shown anew: what waits is not what was shown."""
        if not changed:
            return None
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "title": self.env._("Changed since it was held, and not sent"),
                "message": changed,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _reject(self, reason):
        held = self.filtered("held_id")
        if held:
            held._drop_held(reason)
        others = self - held
        return super(StrictbaseAgentConfirmation, others)._reject(reason)

    def _drop_held(self, reason):
        self._check_may_decide()
        for row in self:
            if row.state != "pending":
                raise UserError(
                    self.env._("%s can not be rejected any more.", row.summary)
                )
            row.sudo().reject_reason = visible(reason)[:200]
            row.held_id.sudo()._drop()
            row.held_id.sudo()._decide("dropped")

    def _held_decided(self, state):
        """The request of what was released or dropped, by whichever button."""
        now = fields.Datetime.now()
        for row in self.filtered(lambda row: row.state == "pending"):
            line = row.held_id.line or {}
            sent = [
                {
                    name: line.get(name)
                    for name in ("channel", "recipients", "subject", "model", "res_id")
                }
            ]
            released = state == "released"
            row.write(
                {
                    "state": "done" if released else "rejected",
                    "user_id": self.env.uid,
                    "decided_at": now,
                    "expires_at": now,
                    "used_at": now if released else False,
                    "manifest": sent if released else False,
                }
            )
            row._decided(self.env._("Released") if released else self.env._("Dropped"))
        if not self:
            return
        waiting = self.sudo().search(
            [
                ("held_id.target_model", "!=", "mail.message"),
                ("held_id", "!=", False),
                ("state", "=", "pending"),
            ],
            limit=1,
        )
        waiting._tell_approvers()

    # ------------------------------------------------------------------
    # Asked by a program
    # ------------------------------------------------------------------
    @api.model
    def _own_request(self, request_uuid):
        row = super()._own_request(request_uuid)
        if row.held_id:
            raise AccessError(self.env._("You have no such request."))
        return row


class StrictbaseAgentHeld(models.Model):
    _inherit = "strictbase.agent.held"

    request_ids = fields.One2many("strictbase.agent.confirmation", "held_id")

    @api.model
    def _hold(self, item, *args, quiet=False, **kwargs):
        held = super()._hold(item, *args, quiet=quiet, **kwargs)
        if not held.request_ids:
            held.env["strictbase.agent.confirmation"]._file_held(held, quiet)
        return held

    def _decide(self, state):
        res = super()._decide(state)
        self.request_ids._held_decided(state)
        return res

    def _item_now(self):
        """What would leave now, as far as the row is still there."""
        guard = self.env["strictbase.agent.guard"]
        target = guard._document(self.target_model, self.target_id)
        item = target._agent_guard_held_item(self) if target else None
        if item is not None:
            guard._describe([item], None)
        return item

    def _changes(self):
        """What is not as it was held, in words; empty if nothing."""
        self.ensure_one()
        item = self._item_now()
        if item is None or not self.line:
            return []
        return differences([self.line], [item.line])

    def _refresh(self):
        """It waits as it is now."""
        self.ensure_one()
        item = self._item_now()
        if item is None:
            return
        self.write(
            {
                "recipients": item.recipients,
                "subject": item.subject,
                "content_digest": item.digest,
                "line": item.line,
            }
        )
        requests = self.request_ids
        values = requests._held_values(self)
        requests.write(
            {
                name: values[name]
                for name in (
                    "asked_manifest",
                    "asked_digest",
                    "summary",
                    "recipients_text",
                    "subject",
                )
            }
        )
