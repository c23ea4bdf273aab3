# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from odoo.addons.strictbase_agent_guard.tools.rules import Rule

PENDING = Rule("letter", None, lambda letter: letter.state == "pending", created=True)


class SnailmailLetter(models.Model):
    _inherit = "snailmail.letter"

    def _agent_guard_rules(self):
        return [*super()._agent_guard_rules(), PENDING]
