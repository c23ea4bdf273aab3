# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from odoo.addons.strictbase_agent_guard.tools.rules import Rule

ANSWER = frozenset({"feedback", "publisher_comment"})


class RatingRating(models.Model):
    _inherit = "rating.rating"

    def _agent_guard_rules(self):
        return [
            *super()._agent_guard_rules(),
            Rule(
                "website",
                ANSWER,
                lambda r: r.publisher_comment or r.feedback,
                created=True,
            ),
        ]
