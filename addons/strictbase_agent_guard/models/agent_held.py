# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What was held at a barrier, why, and what a person decided about it.

Nothing held is lost: an approver releases it or drops it. The row itself stays in its
queue, stopped, and holds up nothing else there.
"""

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError

APPROVER = "strictbase_agent_guard.group_agent_confirmation_approver"


class StrictbaseAgentHeld(models.Model):
    _name = "strictbase.agent.held"
    _description = "Held by the Agent Guard"
    _inherit = ("mail.thread", "mail.activity.mixin")
    _order = "id desc"
    _rec_name = "subject"
    _allow_sudo_commands = False

    state = fields.Selection(
        [("held", "Held"), ("released", "Released"), ("dropped", "Dropped")],
        required=True,
        default="held",
        readonly=True,
        index=True,
    )
    why = fields.Text(readonly=True)
    agent_user_id = fields.Many2one("res.users", "Agent", readonly=True, index=True)
    owner_user_id = fields.Many2one("res.users", "In the queue of", readonly=True)
    channel = fields.Char(readonly=True, required=True)
    recipients = fields.Json("Recipient List", readonly=True)
    recipients_text = fields.Char("Recipients", compute="_compute_recipients_text")
    subject = fields.Char(readonly=True)
    content_digest = fields.Char(readonly=True)
    model = fields.Char("Document Model", readonly=True)
    res_id = fields.Integer("Document", readonly=True)
    target_model = fields.Char(readonly=True)
    target_id = fields.Integer(readonly=True)
    payload = fields.Json(readonly=True, help="What the release puts back")
    touch_ids = fields.Json(readonly=True)
    decided_by = fields.Many2one("res.users", readonly=True)
    decided_at = fields.Datetime(readonly=True)

    _target_idx = models.Index("(target_model, target_id)")

    @api.depends("recipients")
    def _compute_recipients_text(self):
        for held in self:
            held.recipients_text = ", ".join(
                r.get("address") or r.get("name") or "" for r in held.recipients or []
            )

    # ------------------------------------------------------------------
    # Holding
    # ------------------------------------------------------------------
    @api.model
    def _hold(
        self,
        item,
        touches=(),
        owner=None,
        payload=None,
        agent=None,
        why="",
        quiet=False,
    ):
        """Keep what this manifest line would have sent; tell those concerned."""
        unlogged = {"mail_create_nolog": True, "mail_create_nosubscribe": True}
        held = self.env(user=SUPERUSER_ID, su=True, context=unlogged)[self._name]
        before = held.search(
            [
                ("target_model", "=", item.target[0]),
                ("target_id", "=", item.target[1]),
                ("state", "=", "held"),
            ],
            limit=1,
        )
        if before:
            return before
        guard = self.env["strictbase.agent.guard"]
        agent = held.env["res.users"].browse(
            touches[-1]["agent_id"] if touches else agent
        )
        held = held.create(
            {
                "state": "held",
                "why": why
                or guard._origin_why(touches)
                or self.env._("An agent has queued it, and it is not approved so."),
                "agent_user_id": agent.exists().id,
                "owner_user_id": owner.id if owner else False,
                **item.as_row(),
                "payload": payload,
                "touch_ids": [touch["id"] for touch in touches],
                "decided_by": False,
                "decided_at": False,
            }
        )
        if not quiet:
            held._tell_owner()
        return held

    def _tell_owner(self):
        """The colleague in whose queue it stands, once for each document and day."""
        owner = self.owner_user_id
        if not owner.active or owner.share or not owner.partner_id:
            return
        since = fields.Datetime.subtract(fields.Datetime.now(), days=1)
        told = self.search_count(
            [
                ("id", "!=", self.id),
                ("owner_user_id", "=", owner.id),
                ("model", "=", self.model),
                ("res_id", "=", self.res_id),
                ("create_date", ">", since),
            ],
            limit=1,
        )
        if told:
            return
        guard = self.env["strictbase.agent.guard"]
        document = guard._document(self.model, self.res_id)
        notifier = self.env["mail.thread"]
        if document is not None and hasattr(document, "message_notify"):
            notifier = document
        notifier.message_notify(
            partner_ids=owner.partner_id.ids,
            subject=self.env._("Not sent yet: %s", self.subject or self.channel),
            body=self.env._(
                "The agent guard holds %(channel)s to %(who)s until an approver has "
                "released it. %(why)s",
                channel=self.channel,
                who=self.recipients_text or self.env._("people outside"),
                why=self.why or "",
            ),
        )

    # ------------------------------------------------------------------
    # Deciding
    # ------------------------------------------------------------------
    def action_release(self):
        """Let it leave as it was held; the agent's work counts as looked at."""
        for held in self._check_decision():
            if found := held._changes():
                raise UserError(
                    self.env._(
                        "It has changed since it was held: %s. Open its request: it "
                        "is shown as it is now once you have tried to approve it.",
                        "; ".join(found),
                    )
                )
            held._release()
            held._decide("released")

    def action_drop(self):
        for held in self._check_decision():
            held._drop()
            held._decide("dropped")

    def _drop(self):
        guard = self.env["strictbase.agent.guard"]
        target = guard._document(self.target_model, self.target_id)
        if target:
            target._agent_guard_dropped()

    def _check_decision(self):
        users = self.env["res.users"]
        if not self.env.user.has_group(APPROVER) or (
            self.env["strictbase.agent.guard"]._actor() in users._agent_guard_uids()
        ):
            raise AccessError(
                self.env._("Only an Agent Confirmation Approver may decide this.")
            )
        if any(held.state != "held" for held in self):
            raise UserError(self.env._("This was decided already."))
        return self.sudo()

    def _decide(self, state):
        self.write(
            {
                "state": state,
                "decided_by": self.env.uid,
                "decided_at": fields.Datetime.now(),
            }
        )

    def _release(self):
        guard = self.env["strictbase.agent.guard"]
        self.env["strictbase.agent.touch"].sudo()._close(
            self.touch_ids or [], self.env.uid
        )
        egress = self.env(su=True, context={})["strictbase.agent.egress"]
        egress.create(
            {
                "confirmation_ref": 0,
                "agent_user_id": self.agent_user_id.id or self.env.uid,
                "approver_user_id": self.env.uid,
                "agent_channel": False,
                "entry": self.env._("released: %s", self.display_name),
                "channel": self.channel,
                "recipients": self.recipients,
                "subject": self.subject,
                "content_digest": self.content_digest,
                "note": False,
                "model": self.model,
                "res_id": self.res_id,
                "target_model": self.target_model,
                "target_id": self.target_id,
            }
        )
        target = guard._document(self.target_model, self.target_id)
        if not target:
            raise UserError(self.env._("What was held is not there any more."))
        target._agent_guard_put_back(self.payload)
        egress._agent_guard_show_targets([(self.target_model, self.target_id)])
