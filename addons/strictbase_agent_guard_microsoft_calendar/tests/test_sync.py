# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from odoo.addons.strictbase_agent_guard_calendar.tests.common_sync import (
    SyncCase,
    SyncTests,
)


@tagged("post_install", "-at_install")
class TestSync(SyncTests, SyncCase):
    inserting = "_microsoft_insert"

    def push(self, event):
        event._sync_odoo2microsoft()
