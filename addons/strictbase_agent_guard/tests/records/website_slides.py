# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
from .registry import makes


@makes("slide.channel")
def make_slide_channel(case):
    course = case.env["slide.channel"].create(
        {
            "name": "Course",
            "is_published": True,
            "enroll": "public",
            "visibility": "public",
            "user_id": case.users["colleague"].id,
        }
    )
    for name in ("human_wide", "agent_wide"):
        case.users[name]._add_karma(10000)
        course._action_add_members(case.users[name].partner_id)
    case.visible["slide.channel"] = course.ids
    case.at["course"] = course.id
