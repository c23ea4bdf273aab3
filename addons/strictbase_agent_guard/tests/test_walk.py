# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
"""A sample of the walk; ``live_walk.py`` takes it as long as one likes."""

import logging
import os

from odoo import api
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_http import GuardHttpCase
from .walk import Walk

_logger = logging.getLogger(__name__)


@tagged("post_install", "-at_install", "walk")
class TestWalk(GuardHttpCase):
    def seen(self, record):
        """Made by a person, not by the agent."""

    def all_jobs(self):
        self.let_dates_pass()
        for cron in self.env["ir.cron"].search([]):
            self._run(cron)
        self.env.invalidate_all()

    def one_job(self, code):
        cron = self.env["ir.cron"].create(
            {
                "name": "Tells",
                "model_id": self.at["model_partner"],
                "state": "code",
                "interval_type": "days",
                "code": code,
            }
        )
        self._run(cron)
        cron.unlink()

    def _run(self, cron):
        action, user = cron.ir_actions_server_id.id, cron.user_id.id
        try:
            with self.registry.cursor() as cr:
                env = api.Environment(cr, user, {})
                env["ir.actions.server"].browse(action).run()
        except Exception as error:  # noqa: BLE001
            _logger.info("cron %s failed: %s", cron.cron_name, error)

    @mute_logger("odoo.http", "odoo.sql_db", "odoo.addons.base.models.ir_cron")
    def test_nothing_leaves(self):
        seed = int(os.environ.get("WALK_SEED", "19"))
        steps = int(os.environ.get("WALK_STEPS", "48"))
        walk = Walk(self, seed, say=_logger.warning)
        self.wire.clear()
        walk.go(steps=steps)
        _logger.info(walk.coverage())
        self.assertFalse(walk.found)
        self.assertTrue(walk.answered["ok"], "nothing was done, so nothing is proved")
