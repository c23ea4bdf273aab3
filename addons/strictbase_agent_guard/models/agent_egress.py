# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError


class StrictbaseAgentEgress(models.Model):
    """What left Odoo on behalf of an agent: one row per item, never changed.

    A row is also the proof that a queued message was approved: a queue that runs
    later looks here before it sends what an agent has put into it.
    """

    _name = "strictbase.agent.egress"
    _description = "Agent Outbound Log"
    _order = "id desc"
    _rec_name = "subject"
    _allow_sudo_commands = False

    # no foreign key: that row is written by another transaction meanwhile
    confirmation_ref = fields.Integer("Confirmation", readonly=True, index=True)
    agent_user_id = fields.Many2one(
        "res.users", "Agent", required=True, index=True, readonly=True
    )
    approver_user_id = fields.Many2one("res.users", "Approver", readonly=True)
    agent_channel = fields.Char(readonly=True)
    entry = fields.Char("Called", readonly=True)
    channel = fields.Char(required=True, readonly=True)
    recipients = fields.Json("Recipient List", readonly=True)
    recipients_text = fields.Char("Recipients", compute="_compute_recipients_text")
    subject = fields.Char(readonly=True)
    content_digest = fields.Char(readonly=True)
    note = fields.Char(readonly=True)
    model = fields.Char("Document Model", readonly=True)
    res_id = fields.Integer("Document", readonly=True)
    target_model = fields.Char(readonly=True)
    target_id = fields.Integer(readonly=True)

    _target_idx = models.Index("(target_model, target_id)")

    @api.depends("recipients")
    def _compute_recipients_text(self):
        for egress in self:
            egress.recipients_text = ", ".join(
                r.get("address") or r.get("name") or "" for r in egress.recipients or []
            )

    @api.model
    def _record(self, state, items):
        self.env(su=True, context={})[self._name].create(
            [
                {
                    "confirmation_ref": state.grant.confirmation_id,
                    "agent_user_id": state.actor,
                    "approver_user_id": state.grant.approver_id,
                    "agent_channel": state.channel,
                    "entry": str(state.entry or ""),
                    **item.as_row(),
                    "note": item.note,
                    "line": item.line,
                }
                for item in items
            ]
        )

    @api.model
    def _released(self, target_model, target_id):
        """Approved rows for this queued record, the latest first."""
        if not target_model or not target_id:
            return self.browse()
        return self.sudo().search(
            [("target_model", "=", target_model), ("target_id", "=", target_id)]
        )

    def _addresses(self):
        return {
            recipient.get("address")
            for egress in self
            for recipient in egress.recipients or []
            if recipient.get("address")
        }

    def write(self, vals):  # pylint: disable=method-required-super
        raise AccessError(self.env._("The agent outbound log cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise AccessError(self.env._("The agent outbound log cannot be changed."))
