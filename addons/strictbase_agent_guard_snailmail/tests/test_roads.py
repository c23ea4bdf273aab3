# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
from odoo.tests import tagged

from odoo.addons.strictbase_agent_guard.tests.common_roads import (
    RoadsCase,
    add_held,
    add_reach,
)

from .roads import ROADS


@tagged("post_install", "-at_install", "roads")
class TestRoads(RoadsCase):
    """No road of this application leads out for an agent."""


@tagged("post_install", "-at_install", "roads_proof")
class TestRoadsReach(RoadsCase):
    """Each entry is a road: it does reach a client when an employee takes it."""


add_held(TestRoads, ROADS)
add_reach(TestRoadsReach, ROADS)
