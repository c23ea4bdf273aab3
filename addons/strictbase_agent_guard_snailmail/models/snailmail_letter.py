# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from odoo.addons.strictbase_agent_guard.tools.call_state import permit_internal_http


class SnailmailLetter(models.Model):
    _name = "snailmail.letter"
    _inherit = ("strictbase.agent.queued", "snailmail.letter")

    _agent_guard_content = frozenset(
        {
            "attachment_id",
            "city",
            "country_id",
            "model",
            "partner_id",
            "report_template",
            "res_id",
            "state_id",
            "street",
            "street2",
            "zip",
        }
    )
    _agent_guard_waiting = ("pending", "error")
    _agent_guard_due = "pending"
    _agent_guard_stopped = {"state": "canceled"}
    _agent_guard_message_field = "message_id"

    def _snailmail_print(self, immediate=True):
        ours = self._agent_guard_ours()
        others = (self - ours)._agent_guard_unchanged()
        if not ours and others == self:
            return super()._snailmail_print(immediate=immediate)
        if others:
            super(SnailmailLetter, others)._snailmail_print(immediate=immediate)
        allowed, items = ours._agent_guard_sift()
        if not allowed:
            return None
        if items:
            self.env["strictbase.agent.guard"]._has_left()
        # whom they are for was checked one by one: the provider's host is a carrier
        with permit_internal_http():
            return super(SnailmailLetter, allowed)._snailmail_print(immediate=immediate)

    # ------------------------------------------------------------------
    # Guard
    # ------------------------------------------------------------------
    def _agent_guard_item(self, actor):
        """The manifest line of this letter: paper goes to nobody inside."""
        self.ensure_one()
        guard = self.env["strictbase.agent.guard"]
        document = guard._document(self.model, self.res_id)
        address = (self.street, self.street2, self.zip, self.city)
        return guard._new_egress(
            "letter",
            [
                {
                    "name": self.partner_id.display_name or "",
                    "address": ", ".join(filter(None, address)),
                }
            ],
            model=self.model or "",
            res_id=self.res_id or 0,
            subject=document.display_name if document else "",
            digest=guard._digest_of(*address, attachments=self.attachment_id),
            target=(self._name, self.id),
            note=self._agent_guard_how(),
        )

    def _agent_guard_how(self):
        """How it is printed: shown, and part of what is approved."""
        chosen = {
            self.env._("in colour"): self.color,
            self.env._("on both sides"): self.duplex,
            self.env._("with a cover page"): self.cover,
        }
        return ", ".join(words for words, wanted in chosen.items() if wanted)

    def _agent_guard_said(self):
        """Its document; what has none yet is printed of the record as it is then."""
        return {
            "sender": self.company_id.partner_id.display_name or "",
            "attachments": self.attachment_id,
        }

    def _agent_guard_carries(self):
        keys = super()._agent_guard_carries()
        return keys | {("ir.attachment", file.id) for file in self.attachment_id}

    def _agent_guard_subject(self):
        return (self.model, self.res_id) if self.res_id else None
