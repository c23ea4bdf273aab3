# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
from odoo.addons.strictbase_agent_guard.tests.common_roads import cases

from .roads import CARRIED, ROADS

TestRoads, TestRoadsReach = cases(
    __name__, ROADS, CARRIED, records_of=("mailing.mailing", "mailing.sms.test")
)
