# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
"""Every road out of ``roads.py``: real without a guard, held for an agent."""

from odoo.tests import tagged

from .common_roads import RoadsCase, add_carried, add_held, add_reach
from .roads import CARRIED, DOORS, ROADS


@tagged("post_install", "-at_install", "roads")
class TestRoads(RoadsCase):
    """No road leads out for an agent, whatever the caller says about agent_mode."""


@tagged("post_install", "-at_install", "roads_proof")
class TestRoadsReach(RoadsCase):
    """Each entry is a road: it does reach a client when an employee takes it."""


add_held(TestRoads, ROADS)
add_held(TestRoads, DOORS, "shut")
add_carried(TestRoads, CARRIED)
add_reach(TestRoadsReach, [*ROADS, *CARRIED])
