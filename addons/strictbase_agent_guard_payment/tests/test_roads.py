# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
from odoo.addons.strictbase_agent_guard.tests.common_roads import cases

from .roads import ROADS

TestRoads, TestRoadsReach = cases(__name__, ROADS, records_of=("sale.order",))
