# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from odoo.addons.strictbase_agent_guard.tools.rules import Rule

ANSWER = frozenset(
    {"consumed", "feedback", "is_internal", "publisher_comment", "rating"}
)


class RatingRating(models.Model):
    _inherit = "rating.rating"

    def _agent_guard_rules(self):
        return [
            *super()._agent_guard_rules(),
            Rule(fields=ANSWER, created=True, items="_agent_guard_rated"),
        ]

    def _agent_guard_rated(self):
        """Pages show them, whoever has given them, and count them."""
        return [
            rating._agent_guard_shown_to({"name": "everyone", "address": ""})
            for rating in self
            if not rating.is_internal
            and (rating.consumed or rating.feedback or rating.publisher_comment)
        ]
