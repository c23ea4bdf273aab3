# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _agent_guard_is_released_before(self, item):
        """A queue has made it from a mailing that was approved."""
        return super()._agent_guard_is_released_before(item) or bool(
            self.env["strictbase.agent.egress"]._released(
                "mailing.mailing", self.mailing_id.id
            )
        )
