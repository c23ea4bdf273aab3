# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
from odoo import Command

from .registry import makes


@makes("mail.group")
def make_mail_group(case):
    group = case.env["mail.group"].create(
        {
            "name": "Subscribers",
            "access_mode": "public",
            "alias_name": "guard-roads-subscribers",
            "member_ids": [Command.create({"email": case.client.email})],
        }
    )
    case.at["mail_group"] = group.id
