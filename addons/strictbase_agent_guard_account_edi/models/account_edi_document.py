# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from odoo.addons.strictbase_agent_guard.tools.rules import Rule


class AccountEdiDocument(models.Model):
    _inherit = "account.edi.document"

    def _agent_guard_rules(self):
        return [
            *super()._agent_guard_rules(),
            Rule("electronic document", created=True),
        ]
