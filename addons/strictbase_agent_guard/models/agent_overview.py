# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What approvers and administrators see of each agent, on its user."""

from odoo import api, fields, models
from odoo.tools import SQL

SEERS = (
    "base.group_system,strictbase_agent_guard.group_agent_confirmation_approver,"
    "strictbase_agent_guard.group_agent_guard_admin"
)


class ResUsers(models.Model):
    _inherit = "res.users"

    agent_key_end = fields.Datetime(
        "Key Ends", compute="_compute_agent_overview", groups=SEERS
    )
    agent_has_key = fields.Boolean(compute="_compute_agent_overview", groups=SEERS)
    agent_last_asked = fields.Datetime(
        "Last Seen at the Guard", compute="_compute_agent_overview", groups=SEERS
    )
    agent_waiting = fields.Integer(
        "Waiting", compute="_compute_agent_overview", groups=SEERS
    )
    agent_sent_month = fields.Integer(
        "Sent this Month", compute="_compute_agent_overview", groups=SEERS
    )
    agent_people_month = fields.Integer(
        "People Reached this Month", compute="_compute_agent_overview", groups=SEERS
    )

    @api.depends_context("uid")
    def _compute_agent_overview(self):
        month = fields.Datetime.now().replace(day=1, hour=0, minute=0, second=0)
        self.env["strictbase.agent.egress"].flush_model()
        self.env["strictbase.agent.confirmation"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT u.id,
                       (SELECT count(*) FROM res_users_apikeys k
                         WHERE k.user_id = u.id
                           AND (k.expiration_date IS NULL
                                OR k.expiration_date > now() AT TIME ZONE 'UTC')),
                       (SELECT max(k.expiration_date) FROM res_users_apikeys k
                         WHERE k.user_id = u.id),
                       (SELECT count(*) FROM strictbase_agent_confirmation c
                         WHERE c.agent_user_id = u.id AND c.state = 'pending'
                           AND c.expires_at > now() AT TIME ZONE 'UTC'),
                       (SELECT max(GREATEST(c.create_date, c.reserved_at))
                          FROM strictbase_agent_confirmation c
                         WHERE c.agent_user_id = u.id),
                       (SELECT count(*) FROM strictbase_agent_egress e
                         WHERE e.agent_user_id = u.id AND e.create_date >= %(month)s),
                       (SELECT sum(e.recipient_count) FROM strictbase_agent_egress e
                         WHERE e.agent_user_id = u.id AND e.create_date >= %(month)s)
                  FROM res_users u WHERE u.id IN %(ids)s
                """,
                month=month,
                ids=tuple(self.ids) or (0,),
            )
        )
        found = {row[0]: row[1:] for row in self.env.cr.fetchall()}
        for user in self:
            keys, end, waiting, seen, sent, people = found.get(
                user.id, (0, None, 0, None, 0, 0)
            )
            user.agent_has_key = bool(keys)
            user.agent_key_end = end
            user.agent_waiting = waiting
            user.agent_last_asked = seen
            user.agent_sent_month = sent
            user.agent_people_month = people or 0

    def action_agent_requests(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "strictbase_agent_guard.strictbase_agent_confirmation_action"
        )
        return {
            **action,
            "domain": [("agent_user_id", "=", self.id)],
            "context": {},
        }

    def action_agent_log(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "strictbase_agent_guard.strictbase_agent_egress_action"
        )
        return {**action, "domain": [("agent_user_id", "=", self.id)]}
