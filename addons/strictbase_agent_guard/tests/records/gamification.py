# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
from .registry import makes


@makes("gamification.badge")
def make_gamification_badge(case):
    badge = case.env["gamification.badge"].create({"name": "Well done"})
    case.at["badge"] = badge.id
