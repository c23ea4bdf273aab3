# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rows of a queue that sends: judged as stored, and again when they are sent.

What a row says and whom it reaches is the model's to tell (``_agent_guard_item``); the
order of judging, holding and releasing is here.
"""

import logging

from odoo import api, models
from odoo.exceptions import UserError

from ..tools.call_state import current_request, peek

_logger = logging.getLogger(__name__)


class AgentQueued(models.AbstractModel):
    _name = "strictbase.agent.queued"
    _description = "Row of a Queue that Sends"

    #: Writing one of these on a row that waits can change what reaches whom.
    _agent_guard_content = frozenset()
    #: States from which a row may still leave, and the one that a queue takes.
    _agent_guard_waiting = ("outgoing", "exception")
    _agent_guard_due = "outgoing"
    #: What is written on a row that must not leave.
    _agent_guard_stopped = {"state": "cancel"}
    #: The field of the message that the row was made from.
    _agent_guard_message_field = "mail_message_id"

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        # the stored rows: defaults, ir.default and inherited values are in them
        rows._agent_guard_check_stored()
        return rows

    def write(self, vals):
        res = super().write(vals)
        due = vals.get("state") == self._agent_guard_due
        if due or not self._agent_guard_content.isdisjoint(vals):
            self._agent_guard_check_stored()
        return res

    # ------------------------------------------------------------------
    # What a model tells
    # ------------------------------------------------------------------
    def _agent_guard_item(self, actor):
        """The manifest line of this row, None if it stays inside."""
        raise NotImplementedError()

    def _agent_guard_is_released_before(self, item):
        """Whether what the row was made from was approved, and so the row."""
        return False

    # ------------------------------------------------------------------
    # Judging
    # ------------------------------------------------------------------
    def _agent_guard_ours(self):
        """The rows of this set that an agent is behind, now or when queued."""
        agents = self.env["res.users"]._agent_guard_uids()
        if self.env["strictbase.agent.guard"]._actor() is not None:
            return self
        if not agents:
            return self.browse()
        return self.filtered(lambda row: row.sudo().create_uid.id in agents)

    def _agent_guard_check_stored(self):
        guard = self.env["strictbase.agent.guard"]
        actor = guard._actor()
        if actor is None:
            actor = self._agent_guard_message_origin()
            if actor is None:
                return
        held = self.browse()
        items = []
        for row in self.sudo():
            if row.state not in self._agent_guard_waiting:
                continue
            item = row._agent_guard_item(actor)
            if item is None or row._agent_guard_is_released(item):
                continue
            items.append(item)
            held |= row
        if not items:
            return
        # nothing may pick it up, also while the call goes on to be refused
        if guard._actor() is None or not guard._egress(items):
            held._agent_guard_hold()

    def _agent_guard_message_origin(self):
        """The agent whose message a queue, and no call, is turning into rows."""
        if not self.env["res.users"]._agent_guard_uids():
            return None
        guard = self.env["strictbase.agent.guard"]
        return guard._origin(self.sudo()[self._agent_guard_message_field])

    def _agent_guard_hold(self):
        stopped = self._agent_guard_stopped
        held = self.sudo().filtered(lambda row: row.state != stopped["state"])
        if held:
            _logger.warning("%s of an agent are not approved: held", held)
            held.write(stopped)

    def _agent_guard_is_released(self, item):
        """Whether an approval covers this row as it is now."""
        rows = self.env["strictbase.agent.egress"]._released(*item.target)
        if rows:
            last = rows[0]
            return last.content_digest == item.digest and (
                item.addresses() <= last._addresses()
            )
        if current_request() is not None or peek(self.env) is not None:
            return False
        return self._agent_guard_is_released_before(item)

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
                    row._agent_guard_hold()
                    continue
                refused = True
                if not guard._egress([item]):
                    continue
            if item is not None:
                items.append(item)
            allowed |= self.browse(row.id)
        state = peek(self.env)
        if refused and not allowed and state is not None and state.refused:
            raise UserError(str(state.error()))
        return allowed, items
