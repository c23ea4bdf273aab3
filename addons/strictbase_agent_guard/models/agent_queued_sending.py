# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rows of a queue when they are sent: judged again, for what has happened to them, and
to what they carry, since they were stored.
"""

from odoo import models
from odoo.exceptions import UserError

from ..tools.call_state import peek
from .mail_followers import followed_by


class AgentQueued(models.AbstractModel):
    _inherit = "strictbase.agent.queued"

    def _agent_guard_unchanged(self):
        """Those of these rows that carry what they carried when they were queued.

        One query for all of them, unless an agent has touched what they carry.
        """
        if not self.env["res.users"]._agent_guard_uids():
            return self
        rows = self.sudo().filtered(lambda row: row.state == row._agent_guard_due)
        keys = {}
        for row in rows:
            keys[row] = row._agent_guard_carries()
            keys[row] |= {(p._name, p.id) for p in row._agent_guard_partners()}
            if row._agent_guard_subject():
                keys[row].add(row._agent_guard_subject())
        touches = (
            self.env["strictbase.agent.touch"].sudo()._open(set().union(*keys.values()))
        )
        if not touches:
            return self
        stopped = self.browse()
        for row in rows:
            of_row = [t for t in touches if (t["model"], t["res_id"]) in keys[row]]
            if of_row and not row._agent_guard_settle(of_row):
                stopped |= self.browse(row.id)
        return self - stopped

    def _agent_guard_settle(self, touches):
        """Whether the row may go, after touches of what it carries, or is about."""
        guard = self.env["strictbase.agent.guard"]
        item = self._agent_guard_item(None)
        if item is None or self._agent_guard_is_released(item):
            return True
        subject = self._agent_guard_subject()
        document = guard._document(*subject) if subject else None
        later, aimed, seen = [], [], []
        reached = {(p._name, p.id) for p in self._agent_guard_partners()}
        for touch in touches:
            key = touch["model"], touch["res_id"]
            moved = touch["touched_at"] > self.create_date and not {
                "email",
                "phone",
            }.isdisjoint(touch["names"])
            if key in reached and moved:
                # also where it is about the contact that it goes to
                later.append(touch)
            elif key == subject:
                if touch["touched_at"] < self.create_date:
                    seen.append(touch)
            elif touch["model"] == "res.partner":
                if followed := followed_by(document, touch["names"]):
                    aimed.append((touch, followed))
                elif moved:
                    later.append(touch)
            elif touch["touched_at"] > self.create_date:
                later.append(touch)
        if later:
            self._agent_guard_hold_for(item, later)
            return False
        aimed = [
            touch
            for touch, followed in aimed
            if any(
                not (last := guard._looked(record, [touch]))
                or touch["touched_at"] >= last
                for record in followed
            )
        ]
        if aimed and not self._agent_guard_spare(item, aimed):
            return False
        message = self[self._agent_guard_message_field]
        if self.env["res.users"]._agent_guard_is_person(message.create_uid.id):
            # who sends a message about a document has looked at it
            self.env["strictbase.agent.touch"].sudo()._close(
                [t["id"] for t in seen if t["names"] != {"mail.followers"}],
                message.create_uid.id,
            )
        return True

    def _agent_guard_spare(self, item, aimed):
        """Hold what goes to people whom an agent made followers; is anything left?"""
        self._agent_guard_hold_for(item, aimed)
        return False

    def _agent_guard_sift(self):
        """Rows that may be sent now, and their manifest lines."""
        guard = self.env["strictbase.agent.guard"]
        actor = guard._actor()
        allowed = self.browse()
        items = []
        refused = False
        for row in self.sudo():
            if row.state != self._agent_guard_due:
                continue
            item = row._agent_guard_item(
                actor if actor is not None else row.create_uid.id
            )
            if item is not None and not row._agent_guard_is_released(item):
                if actor is None:
                    # it has changed since it was approved
                    row._agent_guard_hold_for(item, agent=row.create_uid.id)
                    continue
                refused = True
                if not guard._egress([item], whole=True):
                    continue
            if item is not None:
                items.append(item)
            allowed |= self.browse(row.id)
        state = peek(self.env)
        if refused and not allowed and state is not None and state.refused:
            raise UserError(str(state.error()))
        return allowed, items
