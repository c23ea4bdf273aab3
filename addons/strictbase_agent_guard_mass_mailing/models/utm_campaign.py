# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from odoo.addons.strictbase_agent_guard.tools.rules import Rule

TEST = frozenset(
    {
        "ab_testing_schedule_datetime",
        "ab_testing_winner_mailing_id",
        "ab_testing_winner_selection",
    }
)


class UtmCampaign(models.Model):
    _inherit = "utm.campaign"

    def _agent_guard_rules(self):
        return [
            *super()._agent_guard_rules(),
            Rule("mailing", TEST, lambda r: r._agent_guard_tests()),
        ]

    def _agent_guard_tests(self):
        """Whether a mailing of this campaign still goes to those not in its test."""
        return any(
            mailing.state == "done" and mailing.ab_testing_enabled
            for mailing in self.mailing_mail_ids
        )
