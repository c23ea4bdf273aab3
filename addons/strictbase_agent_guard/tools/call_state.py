# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the guard knows about the call that is being served.

A state belongs to one HTTP request, or, outside of a request, to the outermost
guarded method on one cursor. It holds who calls, the entry point that a token has
to name, what would leave and whether that has been approved. It is kept here, in
weak dictionaries, and never in the context: a context comes from the caller.
"""

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from odoo import http

from .manifest import Approved, differences, key_of, lines_of
from .refusal import refusal

#: Why an approval was not accepted: another content.
CHANGED = "not what was approved"

_states = WeakKeyDictionary()
#: Whether any call has one, in the cheapest way: everybody's every write asks.
is_any_kept = _states.data.__len__

#: Addresses that the mail being handed to SMTP may reach, None when no such mail.
smtp_permit = ContextVar("strictbase_agent_guard_smtp_permit", default=None)
#: True while Odoo sends a push notification to the devices of colleagues.
internal_http = ContextVar("strictbase_agent_guard_internal_http", default=False)


@dataclass(frozen=True)
class Entry:
    """The method that was called from outside: what a token is issued for."""

    model: str
    method: str
    ids: tuple = ()

    def __str__(self):
        return f"{self.model}.{self.method} {list(self.ids)}"


@dataclass
class Egress:
    """One thing that leaves Odoo: a line of the manifest and of the audit."""

    channel: str
    recipients: list  # [{"name": …, "address": …}]
    model: str = ""
    res_id: int = 0
    subject: str = ""
    digest: str = ""  # of the content, so that an approval can be bound to it
    target: tuple = ("", 0)  # the row that carries it: mail.mail, sms.sms, …
    note: str = ""
    content: dict = field(
        default_factory=dict
    )  # sender, body, files: see agent_content
    opens: tuple = ()  # channels by which a document that is approved is carried
    line: dict | None = None  # as it is kept, shown and compared
    instead: str = ""  # how to do the internal half alone
    untold: bool = False  # about what the agent may not read: only approvers see it

    def addresses(self):
        return {r["address"] for r in self.recipients if r["address"]}

    def as_row(self):
        """The columns that a log of what left and a list of what is held share."""
        model, res_id = self.target
        return {
            "channel": self.channel,
            "recipients": self.recipients,
            "subject": self.subject,
            "content_digest": self.digest,
            "model": self.model,
            "res_id": self.res_id,
            "target_model": model,
            "target_id": res_id,
        }

    def as_manifest(self):
        return {
            "channel": self.channel,
            "recipients": self.recipients,
            "model": self.model,
            "res_id": self.res_id,
            "subject": self.subject,
            "digest": self.digest,
            "note": self.note,
            "untold": self.untold,
        }


@dataclass
class Grant:
    """An approval that this call has reserved or that an earlier one left."""

    confirmation_id: int
    approver_id: int
    addresses: set | None = None  # None: whatever the approved call sends
    approved: Approved | None = None  # what the approver has seen
    recipients: set | None = None  # whom the approver has named

    def covers(self, egress):
        if self.approved is not None:
            return self.approved.covers(egress)
        if self.recipients is not None:
            return {key_of(r) for r in egress.recipients} <= self.recipients
        return self.addresses is None or egress.addresses() <= self.addresses


@dataclass
class CallState:
    actor: int
    is_agent: bool
    entry: Entry | None = None
    token: str | None = None
    channel: str = ""
    grant: Grant | None = None
    fault: str = ""
    refused: list = field(default_factory=list)
    granted: list = field(default_factory=list)
    seen: list = field(default_factory=list)  # all that was judged, in its order
    shows: list = field(default_factory=list)  # rows that would be seen outside
    made: dict = field(default_factory=dict)  # model -> ids of rows of this call
    drawn: int = 0  # how often something was drawn by lot from the arguments
    asked: str = ""  # digest of arguments and wizard, once it was needed
    arguments: str = ""  # digest of the arguments as they came
    request: str = ""  # the request that was kept for this call, and its secret
    claim: str = ""
    unkept: str = ""  # why no request was kept
    stopped: bool = False  # somebody has stopped all agents
    differs: list = field(default_factory=list)  # from what was approved
    approved_lines: list | None = None  # the manifest that the token stands for
    left: bool = False  # something has left the process
    guards_commit: bool = False  # the cursor asks before it commits
    inside: dict = field(default_factory=dict)  # contact -> internal users
    noted: bool = False  # its refusal will be recorded
    unseen: set = field(default_factory=set)  # new messages that nobody outside reads
    unfinished: dict = field(default_factory=dict)  # row -> its line, files to come
    closed: bool = False

    def refuse(self, items):
        self.refused.extend(items)

    def has_made(self, model, row_id):
        return row_id in self.made.get(model, ())

    def note_made(self, records):
        self.made.setdefault(records._name, set()).update(records.ids)

    def error(self):
        fault = self.fault
        if self.approved_lines is not None and self.fault == CHANGED:
            self.differs = differences(
                self.approved_lines, lines_of(self.seen), for_agent=True
            )
            fault = f"{CHANGED}: {'; '.join(self.differs)}"
        fault = "; ".join(filter(None, (fault, self.unkept)))
        return refusal(self.refused, self.entry, fault, self.request, self.claim)

    def raise_if_refused(self):
        if self.refused and not self.closed:
            raise self.error()


def refuse_to_commit(cr, state):
    """Nothing of a call is committed once some of it was refused.

    A savepoint runs what is due before a commit, too, and would end the call there,
    before all that it would send has been seen.
    """

    def commit():
        cr.flush()
        state.raise_if_refused()
        return type(cr).commit(cr)

    cr.commit = commit
    state.guards_commit = True


def current_request():
    """The request of Odoo's own server that this thread serves, if any."""
    request = http._request_stack.top
    return request if isinstance(request, http.Request) else None


def _key(env):
    request = current_request()
    if request is not None and request.db == env.cr.dbname:
        return request
    return env.cr


def peek(env):
    return _states.get(_key(env)) if is_any_kept() else None


def peek_request():
    request = current_request()
    return _states.get(request) if request is not None else None


def attach(env, state):
    _states[_key(env)] = state


def detach(env):
    _states.pop(_key(env), None)


@contextmanager
def permit_smtp(addresses):
    token = smtp_permit.set(frozenset(addresses))
    try:
        yield
    finally:
        smtp_permit.reset(token)


@contextmanager
def permit_internal_http():
    token = internal_http.set(True)
    try:
        yield
    finally:
        internal_http.reset(token)
