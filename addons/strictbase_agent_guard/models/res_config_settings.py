# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The parameters of the guard on a page, each value checked before it counts."""

import re

from odoo import fields, models
from odoo.exceptions import UserError

from .agent_confirmation import AUDIT_DAYS, MAX_DAYS
from .agent_guard import FREE_HOSTS
from .ir_http import SERVER_ACTIONS
from .parameters import (
    APPROVAL_HOURS,
    MAX_PENDING,
    NUMBERS,
    ODOO_ONLY,
    REQUEST_DAYS,
    UNBOUND,
)

HOST = re.compile(r"^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9-]+)*$", re.I)
XMLID = re.compile(r"^(\d+|[a-z0-9_]+\.[\w.]+)$", re.I)


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    agent_guard_audit_days = fields.Integer(
        "Days that the Log is Kept", config_parameter=AUDIT_DAYS, default=90
    )
    agent_guard_request_days = fields.Integer(
        "Days that a Request Waits",
        config_parameter=REQUEST_DAYS,
        default=NUMBERS[REQUEST_DAYS][0],
    )
    agent_guard_approval_hours = fields.Integer(
        "Hours that an Approval Counts",
        config_parameter=APPROVAL_HOURS,
        default=NUMBERS[APPROVAL_HOURS][0],
    )
    agent_guard_max_pending = fields.Integer(
        "Requests of an Agent that Wait at Most",
        config_parameter=MAX_PENDING,
        default=NUMBERS[MAX_PENDING][0],
    )
    agent_guard_odoo_only = fields.Boolean(
        "Approve in Odoo Only", config_parameter=ODOO_ONLY
    )
    agent_guard_unbound = fields.Boolean(
        "Tokens that Name Only a Call", config_parameter=UNBOUND
    )
    agent_guard_free_hosts = fields.Char("Free Hosts", config_parameter=FREE_HOSTS)
    agent_guard_server_actions = fields.Char(
        "Server Actions for Agents", config_parameter=SERVER_ACTIONS
    )

    def set_values(self):
        self._agent_guard_check_settings()
        return super().set_values()

    def _agent_guard_check_settings(self):
        self.ensure_one()
        limits = (
            ("agent_guard_audit_days", 1, MAX_DAYS),
            ("agent_guard_request_days", *NUMBERS[REQUEST_DAYS][1:]),
            ("agent_guard_approval_hours", *NUMBERS[APPROVAL_HOURS][1:]),
            ("agent_guard_max_pending", *NUMBERS[MAX_PENDING][1:]),
        )
        for name, least, most in limits:
            if not least <= self[name] <= most:
                raise UserError(
                    self.env._(
                        "%(field)s: between %(least)s and %(most)s.",
                        field=self._fields[name].get_description(self.env)["string"],
                        least=least,
                        most=most,
                    )
                )
        for host in _parts(self.agent_guard_free_hosts):
            if not HOST.match(host):
                raise UserError(self.env._("%s is no name of a host.", host))
        for name in _parts(self.agent_guard_server_actions):
            action = None
            if XMLID.match(name):
                action = (
                    self.env["ir.actions.server"].browse(int(name)).exists()
                    if name.isdigit()
                    else self.env.ref(name, raise_if_not_found=False)
                )
            if not action or action._name != "ir.actions.server":
                raise UserError(self.env._("%s is no server action.", name))


def _parts(text):
    return [part.strip() for part in (text or "").split(",") if part.strip()]
