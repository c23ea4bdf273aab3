# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a person decides about requests, and how approvers are told that one waits.

Who may decide is judged here; what then leaves is judged when the call is made again.
"""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.call_state import current_request
from ..tools.manifest import visible
from .parameters import APPROVAL_HOURS

ACTIVITY = "mail.mail_activity_data_todo"
MAX_TOLD = 20


class StrictbaseAgentConfirmation(models.Model):
    # a concern of its own
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "strictbase.agent.confirmation"

    @api.model
    def _approvers(self):
        group = self.env.ref("strictbase_agent_guard.group_agent_confirmation_approver")
        return group.sudo().all_user_ids.filtered(
            lambda user: user.active and not user.share
        )

    def _tell_approvers(self):
        """An activity for each approver; no e-mail."""
        activity_type = self.env.ref(ACTIVITY, raise_if_not_found=False)
        quiet = self.sudo().with_context(mail_activity_quick_update=True)
        for row in quiet:
            for user in self._approvers()[:MAX_TOLD]:
                row.activity_schedule(
                    act_type_xmlid=ACTIVITY if activity_type else "",
                    summary=self.env._("Approve: %s", row.summary),
                    user_id=user.id,
                    date_deadline=fields.Date.context_today(
                        row.with_context(tz=user.tz or "UTC")
                    ),
                )

    def _decided(self, words):
        """The activities are done; what was decided, and by whom, is the history."""
        for row in self.sudo().with_context(tracking_disable=True):
            row.activity_ids.unlink()
            row._message_log(
                body=words,
                author_id=self.env.user.partner_id.id,
                email_from=self.env.user.email_formatted,
            )

    # ------------------------------------------------------------------
    # Deciding
    # ------------------------------------------------------------------
    def _check_may_decide(self):
        """Only a person who is an approver, of what that person may read."""
        self.env["strictbase.agent.confirmation"]._check_approver()
        for row in self:
            if row.agent_user_id.id == self.env.uid:
                raise AccessError(self.env._("Nobody approves their own calls."))
            row._check_documents()

    @api.model
    def _check_interactive(self):
        request = current_request()
        if request is not None and request.session.uid != self.env.uid:
            raise AccessError(
                self.env._(
                    "These buttons are for a person who has signed in. With a key, "
                    "call issue_token."
                )
            )

    def _check_documents(self):
        """An approver sees what is approved, so has to be allowed to read it."""
        for model, res_id in {(li["model"], li["res_id"]) for li in self._lines()}:
            self._check_readable(model, res_id)

    @api.model
    def _check_readable(self, model, res_id):
        if not self._may_read(model, res_id):
            raise AccessError(
                self.env._(
                    "It is about a document that you may not read: %(model)s %(id)s. "
                    "Somebody who may has to decide.",
                    model=model,
                    id=res_id,
                )
            )

    def _lines(self):
        self.ensure_one()
        return self.sudo().asked_manifest or []

    def action_approve(self):
        self._check_interactive()
        self._approve(self._agent_guard_number(APPROVAL_HOURS) * 3600)
        return True

    def _approve(self, seconds, **values):
        self._check_may_decide()
        now = fields.Datetime.now()
        for row in self:
            if row.state != "pending" or row.expires_at <= now:
                raise UserError(
                    self.env._("%s does not wait for approval any more.", row.summary)
                )
        self.sudo().write(
            {
                "state": "approved",
                "user_id": self.env.uid,
                "decided_at": now,
                "expires_at": fields.Datetime.add(now, seconds=seconds),
                **values,
            }
        )
        self._decided(self.env._("Approved"))

    def action_revoke(self):
        """What was approved and not sent yet is not to be sent."""
        self._check_interactive()
        self._reject(self.env._("The approval was taken back."))
        return True

    def _reject(self, reason):
        self._check_may_decide()
        for row in self:
            if row.state not in ("pending", "approved"):
                raise UserError(
                    self.env._("%s can not be rejected any more.", row.summary)
                )
        self.sudo().write(
            {
                "state": "rejected",
                "user_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
                "reject_reason": visible(reason)[:200],
            }
        )
        self._decided(self.env._("Rejected: %s", visible(reason)[:200]))
