# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What an agent wrote where people outside can read waits among the approvals, too.

The agent's call is not slowed down for it: a job files what ``reader_filter`` hides.
"""

from odoo import api, models
from odoo.tools import SQL

#: How far back the job looks, and how much it files at a time.
DAYS = 14
BATCH = 200


class StrictbaseAgentHeld(models.Model):
    # a concern of its own
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "strictbase.agent.held"

    @api.model
    def _file_withheld(self):
        """File each such message once; close what is shown or gone by now."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                SELECT message.id
                  FROM mail_message message
             LEFT JOIN strictbase_agent_held held
                    ON held.target_model = 'mail.message'
                   AND held.target_id = message.id
                 WHERE message.agent_unapproved AND held.id IS NULL
                   AND message.create_date
                       > (now() AT TIME ZONE 'UTC') - make_interval(days => %s)
              ORDER BY message.id
                """,
                DAYS,
            )
        )
        ids = [row[0] for row in self.env.cr.fetchall()]
        messages = self.env["mail.message"].sudo().browse(ids).exists()
        seen = messages.filtered(lambda m: m._agent_guard_is_seen_outside())
        for message in seen[:BATCH]:
            for item in message._agent_guard_showings():
                self._hold(
                    item,
                    agent=message._agent_guard_writer(),
                    why=self.env._(
                        "An agent has written it. Colleagues see it; people outside "
                        "who can open the document do not."
                    ),
                    quiet=True,
                )
        waiting = self.search(
            [("target_model", "=", "mail.message"), ("state", "=", "held")]
        )
        there = self.env["mail.message"].sudo().browse(waiting.mapped("target_id"))
        there = there.exists()
        waiting.filtered(lambda held: held.target_id not in there.ids)._decide(
            "dropped"
        )
        return True

    @api.model
    def _shown(self, targets):
        """These are seen outside now, by whatever approval: nobody is asked again."""
        ids = [res_id for model, res_id in targets if model == "mail.message"]
        if ids:
            self.sudo().search(
                [
                    ("target_model", "=", "mail.message"),
                    ("target_id", "in", ids),
                    ("state", "=", "held"),
                ]
            )._decide("released")


class MailMessage(models.Model):
    # a concern of its own
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "mail.message"

    def _agent_guard_held_item(self, held):
        return next(iter(self._agent_guard_showings()), None)

    def _agent_guard_writer(self):
        """The agent behind it, as far as the row tells."""
        agents = self.env["res.users"]._agent_guard_uids()
        for user in (self.create_uid, self.write_uid):
            if user.id in agents:
                return user.id
        return self.author_id.user_ids.filtered(lambda user: user.id in agents)[:1].id

    def _agent_guard_is_seen_outside(self):
        """Whether somebody outside is near its document and may open such ones."""
        self.ensure_one()
        guard = self.env["strictbase.agent.guard"]
        document = guard._document(self.model, self.res_id)
        if not document or not self._agent_guard_is_shown():
            return False
        if document._agent_guard_seen_by_public():
            return True
        if (
            "access_token" not in document._fields
            and self.model not in guard._models_open_to("base.group_portal")
        ):
            return False
        partners = document._mail_get_partners()[document.id]
        if "message_partner_ids" in document._fields:
            partners |= document.message_partner_ids
        return bool(guard._outside_partners(partners))


class StrictbaseAgentEgress(models.Model):
    # a concern of its own
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "strictbase.agent.egress"

    @api.model
    def _agent_guard_show_targets(self, targets):
        targets = list(targets)
        res = super()._agent_guard_show_targets(targets)
        self.env["strictbase.agent.held"]._shown(targets)
        return res
