# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What an agent has commented stays with those who could read it then.

A comment is judged when it is stored. Another customer, another privacy or another
follower later opens the record, and the comment with it, to somebody else.
"""

from contextlib import contextmanager

from odoo import models

from .mail_message import SHOWN


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def write(self, vals):
        if self.env["strictbase.agent.guard"]._actor() is None:
            return super().write(vals)
        with self._agent_guard_watch():
            return super().write(vals)

    def _message_subscribe(self, partner_ids=None, subtype_ids=None, customer_ids=None):
        values = {"subtype_ids": subtype_ids, "customer_ids": customer_ids}
        if self.env["strictbase.agent.guard"]._actor() is None:
            return super()._message_subscribe(partner_ids, **values)
        with self._agent_guard_watch():
            return super()._message_subscribe(partner_ids, **values)

    @contextmanager
    def _agent_guard_watch(self):
        """Ask for approval if what is done inside shows agents' comments to others.

        One query, unless agents have commented on these records.
        """
        guard = self.env["strictbase.agent.guard"]
        commented = self._agent_guard_commented()
        before = {record: _people(record) for record in commented}
        yield
        items = []
        for record, messages in commented.items():
            record.invalidate_recordset(["message_follower_ids", "message_partner_ids"])
            if _people(record) <= before[record]:
                continue
            items += [message._agent_guard_publication() for message in messages]
        guard._egress([item for item in items if item is not None])

    def _agent_guard_commented(self):
        """Records among these with comments of agents that a portal page shows."""
        if self._name == "discuss.channel" or not self.ids:
            return {}
        actor = self.env["strictbase.agent.guard"]._actor()
        agents = {actor, *self.env["res.users"]._agent_guard_uids()}
        messages = self.env["mail.message"].sudo()
        messages = messages.search(
            [
                ("model", "=", self._name),
                ("res_id", "in", self.ids),
                ("create_uid", "in", list(agents)),
                ("message_type", "in", list(SHOWN)),
                ("is_internal", "=", False),
                ("subtype_id.internal", "=", False),
            ]
        )
        records = self.sudo()
        return {
            records.browse(res_id): of_record
            for res_id, of_record in messages.grouped("res_id").items()
        }


def _people(record):
    return {(r["name"], r["address"]) for r in record._agent_guard_readers()}
