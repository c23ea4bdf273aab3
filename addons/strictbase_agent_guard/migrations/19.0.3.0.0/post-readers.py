# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What agents wrote before and nobody approved is not shown outside either.

Until now it was judged by who could read it when it was written.
"""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    agents = list(env["res.users"]._agent_guard_query())
    if not agents:
        return
    cr.execute(
        """
        UPDATE mail_message message
           SET agent_unapproved = TRUE
         WHERE message.create_uid = ANY(%(agents)s)
           AND NOT EXISTS (
               SELECT 1 FROM strictbase_agent_egress egress
                WHERE egress.target_model = 'mail.message'
                  AND egress.target_id = message.id)
           AND NOT EXISTS (
               SELECT 1 FROM strictbase_agent_egress egress
                 JOIN mail_mail mail ON mail.id = egress.target_id
                WHERE egress.target_model = 'mail.mail'
                  AND mail.mail_message_id = message.id)
        """,
        {"agents": agents},
    )
    cr.execute(
        """
        UPDATE ir_attachment file
           SET agent_unapproved = TRUE
         WHERE file.create_uid = ANY(%(agents)s)
           AND file.res_field IS NULL
           AND NOT EXISTS (
               SELECT 1 FROM message_attachment_rel rel
                 JOIN mail_message message ON message.id = rel.message_id
                WHERE rel.attachment_id = file.id
                  AND message.agent_unapproved IS NOT TRUE)
        """,
        {"agents": agents},
    )
    cr.execute(
        "UPDATE mail_message_reaction SET agent_unapproved = TRUE "
        "WHERE partner_id IN "
        "(SELECT partner_id FROM res_users WHERE id = ANY(%(agents)s))",
        {"agents": agents},
    )
