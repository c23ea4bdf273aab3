# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _agent_guard_is_released_before(self, item):
        """A queue has made it from a mailing that was approved, for these people."""
        if super()._agent_guard_is_released_before(item):
            return True
        released = self.env["strictbase.agent.egress"]._released(
            "mailing.mailing", self.mailing_id.id
        )
        # who came under its conditions later is judged by who brought them there
        return bool(released) and item.addresses() <= released._addresses()

    def _agent_guard_queued_at(self):
        """Who let a mailing go has looked at it, and at whom it is for."""
        moments = [
            super()._agent_guard_queued_at(),
            self.mailing_id.agent_guard_looked_at,
        ]
        return max(filter(None, moments), default=None)

    def _agent_guard_carries(self):
        keys = super()._agent_guard_carries()
        if self.mailing_id:
            keys.add((self.mailing_id._name, self.mailing_id.id))
        return keys

    def _agent_guard_asked_by(self):
        mailing = self.mailing_id
        return f"{super()._agent_guard_asked_by()} {mailing.mailing_domain or ''}"
