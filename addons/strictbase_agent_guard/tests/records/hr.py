# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
from .registry import makes


@makes("hr.employee")
def make_hr_employee(case):
    case.env["hr.employee"].create(
        [
            {"name": user.name, "user_id": user.id}
            for name, user in case.users.items()
            if name.startswith(("agent", "human"))
        ]
    )
