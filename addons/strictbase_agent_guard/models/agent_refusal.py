# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What was refused. The refused call is rolled back; this is written after it.

The same call of the same agent is counted, not written again, for a minute.
"""

import logging
import time

from odoo import SUPERUSER_ID, api, fields, models
from odoo.modules.registry import Registry

_logger = logging.getLogger(__name__)

SECONDS = 60
MAX_REMEMBERED = 1000
MAX_TEXT = 500

#: (database, agent, call) -> when it was written last, how often it came since
_remembered = {}


class StrictbaseAgentRefusal(models.Model):
    _name = "strictbase.agent.refusal"
    _description = "Refused to an Agent"
    _order = "id desc"
    _rec_name = "entry"
    _allow_sudo_commands = False

    agent_user_id = fields.Many2one("res.users", "Agent", readonly=True, index=True)
    agent_channel = fields.Char(readonly=True)
    entry = fields.Char("Called", readonly=True)
    channels = fields.Char(readonly=True)
    recipients = fields.Char(readonly=True)
    subject = fields.Char(readonly=True)
    fault = fields.Char("Token", readonly=True)
    count = fields.Integer("Times before, unrecorded", readonly=True)

    @api.model
    def _note(self, state):
        """Write it down once the call has been rolled back."""
        if not state.is_agent or state.noted:
            return
        state.noted = True
        database = self.env.cr.dbname

        def write():
            count = _worth_writing(database, state.actor, str(state.entry or ""))
            if count is not None:
                _write(database, state, count)

        self.env.cr.postrollback.add(write)

    @api.autovacuum
    def _gc_refusals(self):
        days = self.env["strictbase.agent.confirmation"]._audit_days()
        since = fields.Datetime.subtract(fields.Datetime.now(), days=days)
        self.search([("create_date", "<", since)]).unlink()


def _worth_writing(database, agent, entry):
    """How often it came unrecorded since it was last written; None: not now."""
    now = time.monotonic()
    key = database, agent, entry
    last, count = _remembered.get(key, (None, 0))
    if last is not None and now - last < SECONDS:
        _remembered[key] = last, count + 1
        return None
    if len(_remembered) >= MAX_REMEMBERED:
        _remembered.clear()
    _remembered[key] = now, 0
    return count


def _write(database, state, count):
    people = [
        recipient.get("address") or recipient.get("name") or ""
        for item in state.refused
        for recipient in item.recipients
    ]
    subjects = [item.subject for item in state.refused if item.subject]
    values = {
        "agent_user_id": state.actor,
        "agent_channel": state.channel,
        "entry": str(state.entry or "")[:MAX_TEXT],
        "channels": ", ".join(sorted({item.channel for item in state.refused})),
        "recipients": ", ".join(dict.fromkeys(people))[:MAX_TEXT],
        "subject": (subjects or [""])[0][:MAX_TEXT],
        "fault": state.fault,
        "count": count,
    }
    try:
        with Registry(database).cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["strictbase.agent.refusal"].create(values)
    except Exception:
        _logger.exception("A refusal could not be recorded: %s", values["entry"])
