# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging

from odoo import api, models

from odoo.addons.strictbase_agent_guard.tools.call_state import (
    current_request,
    peek,
    permit_internal_http,
)

_logger = logging.getLogger(__name__)

SENSITIVE = {"body", "number", "partner_id"}


class SmsSms(models.Model):
    _inherit = "sms.sms"

    @api.model_create_multi
    def create(self, vals_list):
        messages = super().create(vals_list)
        messages._agent_guard_check_stored()
        return messages

    def write(self, vals):
        res = super().write(vals)
        if not SENSITIVE.isdisjoint(vals) or vals.get("state") == "outgoing":
            self._agent_guard_check_stored()
        return res

    def _send(self, unlink_failed=False, unlink_sent=True, raise_exception=False):
        values = {
            "unlink_failed": unlink_failed,
            "unlink_sent": unlink_sent,
            "raise_exception": raise_exception,
        }
        ours = self._agent_guard_ours()
        if not ours:
            return super()._send(**values)
        others = self - ours
        if others:
            super(SmsSms, others)._send(**values)
        allowed = ours._agent_guard_sift()
        if not allowed:
            return None
        # their recipients were checked one by one: the provider's host is a carrier
        with permit_internal_http():
            return super(SmsSms, allowed)._send(**values)

    # ------------------------------------------------------------------
    # Guard
    # ------------------------------------------------------------------
    def _agent_guard_ours(self):
        """The messages of this set that an agent is behind, now or when queued."""
        if self.env["strictbase.agent.guard"]._actor() is not None:
            return self
        agents = self.env["res.users"]._agent_guard_uids()
        if not agents:
            return self.browse()
        return self.filtered(lambda message: message.sudo().create_uid.id in agents)

    def _agent_guard_check_stored(self):
        guard = self.env["strictbase.agent.guard"]
        actor = guard._actor()
        if actor is None:
            actor = guard._origin(self.sudo().mail_message_id)
        if actor is None:
            return
        held = self.browse()
        items = []
        for message in self.sudo():
            if message.state not in ("outgoing", "error"):
                continue
            item = message._agent_guard_item(actor)
            if item is not None and not message._agent_guard_is_released(item):
                items.append(item)
                held |= message
        if items and (guard._actor() is None or not guard._egress(items)):
            held._agent_guard_hold()

    def _agent_guard_hold(self):
        held = self.sudo().filtered(lambda message: message.state != "canceled")
        if held:
            _logger.info("Text messages %s are not approved: held", held.ids)
            held.write({"state": "canceled"})

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

    def _agent_guard_is_released(self, item):
        """Whether an approval covers this row as it is now."""
        Egress = self.env["strictbase.agent.egress"]
        row = Egress._released(*item.target)
        if row:
            return row[0].content_digest == item.digest and (
                item.addresses() <= row[0]._addresses()
            )
        if current_request() is not None or peek(self.env) is not None:
            return False
        released = Egress._released("mail.message", self.mail_message_id.id)
        return bool(released) and "sms" in released.mapped("channel")

    def _agent_guard_sift(self):
        guard = self.env["strictbase.agent.guard"]
        actor = guard._actor()
        allowed = self.browse()
        for message in self:
            row = message.sudo()
            if row.state != "outgoing":
                continue
            item = row._agent_guard_item(
                actor if actor is not None else row.create_uid.id
            )
            refused = (
                item is not None
                and not row._agent_guard_is_released(item)
                and (actor is None or not guard._egress([item]))
            )
            if refused:
                row._agent_guard_hold()
                continue
            if item is not None:
                guard._has_left()
            allowed |= message
        return allowed
