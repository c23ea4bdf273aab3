# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.tools import plaintext2html

from odoo.addons.strictbase_agent_guard.models.agent_touch import address_key
from odoo.addons.strictbase_agent_guard.tools.call_state import permit_internal_http


class SmsSms(models.Model):
    _name = "sms.sms"
    _inherit = ("strictbase.agent.queued", "sms.sms")

    _agent_guard_content = frozenset({"body", "number", "partner_id"})
    _agent_guard_waiting = ("outgoing", "error")
    _agent_guard_stopped = {"state": "canceled"}

    def _send(self, unlink_failed=False, unlink_sent=True, raise_exception=False):
        values = {
            "unlink_failed": unlink_failed,
            "unlink_sent": unlink_sent,
            "raise_exception": raise_exception,
        }
        ours = self._agent_guard_ours()
        others = (self - ours)._agent_guard_unchanged()
        if not ours and others == self:
            return super()._send(**values)
        if others:
            super(SmsSms, others)._send(**values)
        allowed, items = ours._agent_guard_sift()
        if not allowed:
            return None
        if items:
            self.env["strictbase.agent.guard"]._has_left()
        # their recipients were checked one by one: the provider's host is a carrier
        with permit_internal_http():
            return super(SmsSms, allowed)._send(**values)

    # ------------------------------------------------------------------
    # Guard
    # ------------------------------------------------------------------
    def _agent_guard_item(self, actor):
        """The manifest line of this message, None if it goes to a colleague's phone."""
        self.ensure_one()
        guard = self.env["strictbase.agent.guard"]
        partner = self.partner_id
        inside = partner and not guard._outside_partners(partner, actor)
        if inside and self.number in (partner.phone, partner.phone_sanitized):
            return None
        if not self.number:
            return None
        return guard._new_egress(
            "sms",
            [{"name": partner.display_name or "", "address": self.number}],
            model=self.mail_message_id.model or "",
            res_id=self.mail_message_id.res_id or 0,
            digest=guard._digest_of(self.body),
            target=(self._name, self.id),
        )

    def _agent_guard_said(self):
        return {"body": plaintext2html(self.body or "")}

    def _agent_guard_is_released_before(self, item):
        """A queue has made it from a message that was approved."""
        released = self.env["strictbase.agent.egress"]._released(
            "mail.message", self.mail_message_id.id
        )
        return bool(released) and "sms" in released.mapped("channel")

    def _agent_guard_chosen_by(self):
        return {address_key(self.number)}

    def _agent_guard_text(self):
        return f"{self.number or ''}\n{self.body or ''}"

    def _agent_guard_asked_by(self):
        asked = super()._agent_guard_asked_by()
        # of a mailing of text messages
        mailing = self["mailing_id"] if "mailing_id" in self._fields else None
        return f"{asked} {mailing.mailing_domain or ''}" if mailing else asked
