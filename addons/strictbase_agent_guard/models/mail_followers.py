# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

FOLLOWS = "follows "


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
    return f"{FOLLOWS}{model} {res_id}"


def followed_by(document, names):
    """What somebody follows by these touches and so is told of the document: itself, or
    a record that it belongs to, such as the project of a task."""
    if not document or not any(name.startswith(FOLLOWS) for name in names):
        return []
    records = [document, *document._agent_guard_linked().values()]
    return [record for record in records if follows(record._name, record.id) in names]
