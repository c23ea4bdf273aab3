# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class MailFollowers(models.Model):
    _inherit = "mail.followers"

    def _agent_guard_wholes(self):
        """A follower is part of what it follows, and of whom it makes a recipient."""
        wholes = super()._agent_guard_wholes()
        if self.res_model and self.res_id:
            wholes.append((self.res_model, self.res_id, self._name))
            wholes.append(
                (
                    "res.partner",
                    self.partner_id.id,
                    follows(self.res_model, self.res_id),
                )
            )
        return wholes


def follows(model, res_id):
    """The name under which the ledger says that a contact was made a follower."""
    return f"follows {model} {res_id}"
