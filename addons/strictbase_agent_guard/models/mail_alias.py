# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from ..tools.rules import Rule


class MailAlias(models.Model):
    _inherit = "mail.alias"

    def _agent_guard_rules(self):
        """Projects, teams and groups write it with all rights, as a part of theirs."""
        return [
            *super()._agent_guard_rules(),
            Rule(
                "e-mail by alias",
                frozenset({"alias_bounced_content"}),
                lambda alias: alias.alias_bounced_content,
                given=True,
            ),
        ]
