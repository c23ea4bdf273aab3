# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rows of a queue that sends: judged as stored, held and released.

What a row says and whom it reaches is the model's to tell (``_agent_guard_item``); how
it is judged again when it is sent is in ``agent_queued_sending.py``.
"""

import logging
from collections import defaultdict
from weakref import WeakKeyDictionary

from odoo import api, fields, models
from odoo.exceptions import MissingError

from ..tools.acts import in_job
from ..tools.call_state import current_request, peek
from ..tools.who import actor_of, agents_of
from .agent_touch import WHOLE

_logger = logging.getLogger(__name__)

#: cursor -> rows that its transaction has held, and what stands for them
_held_now = WeakKeyDictionary()
#: Whoever wrote these on a contact, or made it, has chosen the address.
ADDRESS = {WHOLE, "email", "email_normalized", "phone", "phone_sanitized"}


class AgentQueued(models.AbstractModel):
    _name = "strictbase.agent.queued"
    _description = "Row of a Queue that Sends"

    agent_guard_why = fields.Text("Why it is held", readonly=True, copy=False)

    #: Writing one of these on a row that waits can change what reaches whom.
    _agent_guard_content = frozenset()
    #: Those of them that say something.
    _agent_guard_spoken = frozenset()
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
        if not rows._agent_guard_check_stored():
            rows._agent_guard_check_origin()
        return rows

    def write(self, vals):
        res = super().write(vals)
        due = vals.get("state") == self._agent_guard_due
        changed = not self._agent_guard_content.isdisjoint(vals)
        if (due or changed) and not self._agent_guard_check_stored() and changed:
            self._agent_guard_show_whole()
            if not self._agent_guard_spoken.isdisjoint(vals):
                # a job goes on with what it has made: files of a letter come last
                self._agent_guard_check_origin()
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

    def _agent_guard_partners(self):
        """The contacts that this row reaches."""
        return self.partner_id

    def _agent_guard_addressed(self):
        """The contacts of the bare addresses that this row reaches."""
        return self.env["res.partner"]

    def _agent_guard_carries(self):
        """(model, id) of the records whose content it takes along when it is sent."""
        message = self[self._agent_guard_message_field]
        keys = {("ir.attachment", file.id) for file in message.attachment_ids}
        if message:
            keys.add((message._name, message.id))
        return keys

    def _agent_guard_chosen_by(self):
        """(model, id) of what decides that a job makes this row for these people."""
        return set()

    def _agent_guard_text(self):
        """What it says, and to which bare addresses."""
        return ""

    def _agent_guard_files(self):
        """The files that go with it."""
        return self[self._agent_guard_message_field].attachment_ids

    def _agent_guard_queued_at(self):
        """When a person looked at the queue that this row was made from."""
        message = self[self._agent_guard_message_field]
        users = self.env["res.users"]
        if not users._agent_guard_is_person(message.create_uid.id):
            return None
        return None if message._agent_guard_is_of_job() else message.create_date

    # ------------------------------------------------------------------
    # Judging
    # ------------------------------------------------------------------
    def _agent_guard_ours(self):
        """The rows of this set that an agent is behind, now or when queued."""
        agents = agents_of(self.env)
        if actor_of(self.env) is not None:
            return self._agent_guard_there()
        if not agents:
            return self.browse()
        return self._agent_guard_there().filtered(
            lambda row: row.sudo().create_uid.id in agents
        )

    def _agent_guard_there(self):
        """Those of these rows that are there. What is sent after a commit may have been
        taken back before it: a savepoint that a line of an import did not pass."""
        try:
            self.sudo().mapped("create_uid")
        except MissingError:
            return self.exists()
        return self

    def _agent_guard_check_stored(self):
        """Judge rows that an agent stores or has caused; False if none has."""
        actor = actor_of(self.env)
        if actor is None:
            actor = self._agent_guard_message_origin()
            if actor is None:
                return False
        guard = self.env["strictbase.agent.guard"]
        held = self.browse()
        items = []
        for row in self.sudo():
            if (
                row.state not in self._agent_guard_waiting
                and not row._agent_guard_is_refused_now()
            ):
                continue
            item = row._agent_guard_item(actor)
            if item is None or row._agent_guard_is_released(item):
                continue
            items.append(item)
            held |= row
        # nothing may pick it up, also while the call goes on to be refused
        if items and guard._actor() is None:
            for row, item in zip(held, items, strict=True):
                row._agent_guard_hold_for(item, agent=actor)
        elif items and not guard._egress(items):
            held._agent_guard_hold()
        return True

    def _agent_guard_is_refused_now(self):
        """Whether the call that makes this row was refused for it, and goes on to give
        it all that it would have sent."""
        state = peek(self.env)
        return (
            state is not None
            and bool(state.refused)
            and state.has_made(self._name, self.id)
            and self.state == self._agent_guard_stopped["state"]
        )

    def _agent_guard_show_whole(self):
        """A job has gone on with rows that were held as it made them: approvers are
        shown all of it."""
        known = _held_now.get(self.env.cr)
        if not known:
            return
        ids = [known[key] for i in self._ids if (key := (self._name, i)) in known]
        # a savepoint may have taken it back; what was decided stays as it was
        there = self.env["strictbase.agent.held"].sudo().browse(ids).exists()
        for held in there.filtered(lambda held: held.state == "held"):
            held._refresh()

    def _agent_guard_check_origin(self):
        """Judge rows that a job makes: whose work is it that they send?

        One look into the ledger for all of them, unless an agent has been there.
        """
        guard = self.env["strictbase.agent.guard"]
        if not agents_of(self.env) or guard._person():
            return
        rows = self.sudo().filtered(lambda row: row.state in row._agent_guard_waiting)
        documents = rows._agent_guard_documents()
        keys = {}
        for row in rows:
            keys[row] = row._agent_guard_carries() | row._agent_guard_chosen_by()
            keys[row] |= {(p._name, p.id) for p in row._agent_guard_partners()}
            if document := documents.get(row):
                keys[row] |= {(document._name, document.id)}
                keys[row] |= set(document._agent_guard_linked())
        touches = (
            self.env["strictbase.agent.touch"].sudo()._open(set().union(*keys.values()))
        )
        touched = {(touch["model"], touch["res_id"]) for touch in touches}
        for row in rows:
            document = documents.get(row)
            if (
                document is None
                or not keys[row].isdisjoint(touched)
                or guard._origin_is_pointed_to(document)
            ):
                row._agent_guard_judge(document)

    def _agent_guard_documents(self):
        """row -> the record that it is about, read together."""
        subjects = {row: row._agent_guard_subject() for row in self}
        ids = defaultdict(set)
        for subject in filter(None, subjects.values()):
            if subject[0] in self.env:
                ids[subject[0]].add(subject[1])
        there = {model: self.env[model].browse(ids[model]).exists() for model in ids}
        return {
            row: there[subject[0]]
            .browse(subject[1])
            .with_prefetch(there[subject[0]]._prefetch_ids)
            for row, subject in subjects.items()
            if subject and subject[1] in there.get(subject[0], self.browse()).ids
        }

    def _agent_guard_judge(self, document):
        """Hold this row if what a job makes of an agent's work leaves by it."""
        guard = self.env["strictbase.agent.guard"]
        item = self._agent_guard_item(None)
        if (
            item is None
            or self._agent_guard_is_released(item)
            or self._agent_guard_is_passed_on()
        ):
            return
        touches = guard._origin_touches(
            document,
            self._agent_guard_partners(),
            self._agent_guard_carries() | self._agent_guard_chosen_by(),
            self._agent_guard_queued_at(),
            self._agent_guard_asked_by(),
        )
        said = {"text": self._agent_guard_text(), "files": self._agent_guard_files()}
        if not touches and document is None:
            touches = guard._origin_words(**said) or self._agent_guard_aimed()
        elif not touches:
            touches = guard._origin_words_about(document, **said)
        if touches:
            self._agent_guard_hold_for(item, touches)

    def _agent_guard_asked_by(self):
        """The condition by which what made this row has chosen whom it is for."""
        return ""

    def _agent_guard_aimed(self):
        """Touches by which an agent put those on some list whom only an address names.

        Nothing else tells of the list: the row is about no record.
        """
        guard = self.env["strictbase.agent.guard"]
        partners = {(p._name, p.id): p for p in self._agent_guard_addressed()}
        touches = self.env["strictbase.agent.touch"].sudo()._open(partners)
        found = []
        for touch in touches:
            if guard._is_seen(partners[touch["model"], touch["res_id"]], touch):
                continue
            if any(_is_aim(name) for name in touch["names"]):
                found.append(touch)
        return found

    def _agent_guard_is_passed_on(self):
        """Whether it passes on what somebody has written: an e-mail that came in, or
        a client's comment. Whom an agent has put among the readers is seen to later."""
        message = self[self._agent_guard_message_field]
        return bool(message) and message._agent_guard_is_of_outside()

    def _agent_guard_hold_for(self, item, touches=(), agent=None):
        """Stop this row for what an agent did, where approvers can let it go."""
        held = self.env["strictbase.agent.held"]._hold(
            item, touches, owner=self._agent_guard_owner(item), agent=agent
        )
        _held_now.setdefault(self.env.cr, {})[self._name, self.id] = held.id
        self.agent_guard_why = held.why
        self._agent_guard_hold()

    def _agent_guard_owner(self, item):
        """The colleague in whose queue this stands."""
        document = self.env["strictbase.agent.guard"]._document(item.model, item.res_id)
        message = self[self._agent_guard_message_field]
        users = [self.create_uid, message.create_uid]
        if document:
            if document._fields.get("user_id") and document.user_id:
                if document.user_id._name == "res.users":
                    users.append(document.user_id)
            if document._log_access:
                users += [document.write_uid, document.create_uid]
        for user in users:
            if self.env["res.users"]._agent_guard_is_person(user.id):
                return user
        return None

    def _agent_guard_held_item(self, held):
        return self._agent_guard_item(None)

    def _agent_guard_put_back(self, payload):
        """An approver has released it."""
        self.write({"agent_guard_why": False, "state": self._agent_guard_due})

    def _agent_guard_subject(self):
        """(model, id) of the document that this row is about."""
        message = self[self._agent_guard_message_field]
        return (message.model, message.res_id) if message.res_id else None

    def _agent_guard_message_origin(self):
        """The agent whose message a queue, and no call, is turning into rows."""
        if not agents_of(self.env):
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
        in_call = current_request() is not None and not in_job.get()
        if in_call or peek(self.env) is not None:
            return False
        return self._agent_guard_is_released_before(item)


def _is_aim(name):
    """Whether a touch so named put a contact on a list, or chose its address."""
    listed = "." in name and not name.startswith("follows ")
    return listed or name in ADDRESS
