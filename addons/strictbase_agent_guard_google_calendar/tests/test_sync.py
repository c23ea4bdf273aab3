# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.strictbase_agent_guard_calendar.tests.common_sync import (
    SyncCase,
    SyncTests,
)


@tagged("post_install", "-at_install")
class TestSync(SyncTests, SyncCase):
    inserting = "_google_insert"

    def setUp(self):
        super().setUp()
        self.enterContext(
            patch.object(
                type(self.env["res.users"]),
                "_get_google_sync_status",
                lambda user: "sync_active",
            )
        )

    def push(self, event):
        event._sync_odoo2google(None)
