# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import hashlib
import json
import logging
from collections import defaultdict

from odoo import api, models
from odoo.tools.mail import email_normalize_all

from ..tools import wire
from ..tools.acts import in_job
from ..tools.call_state import (
    CHANGED,
    CallState,
    Egress,
    attach,
    current_request,
    detach,
    peek,
)
from ..tools.refusal import refusal
from ..tools.who import actor_of, agent_of, agents_of

_logger = logging.getLogger(__name__)

ROLES = {
    "approver": "strictbase_agent_guard.group_agent_confirmation_approver",
    "system": "base.group_system",
    "erp_manager": "base.group_erp_manager",
}

#: Modules that send by a road of their own, and the companion that knows it.
COMPANIONS = {
    "account": "strictbase_agent_guard_account",
    "account_edi": "strictbase_agent_guard_account_edi",
    "calendar": "strictbase_agent_guard_calendar",
    "event": "strictbase_agent_guard_event",
    "google_calendar": "strictbase_agent_guard_google_calendar",
    "mass_mailing": "strictbase_agent_guard_mass_mailing",
    "microsoft_calendar": "strictbase_agent_guard_microsoft_calendar",
    "payment": "strictbase_agent_guard_payment",
    "project": "strictbase_agent_guard_project",
    "purchase": "strictbase_agent_guard_purchase",
    "rating": "strictbase_agent_guard_rating",
    "sale": "strictbase_agent_guard_sale",
    "sms": "strictbase_agent_guard_sms",
    "snailmail": "strictbase_agent_guard_snailmail",
}

#: Set to 1, it stops everything at once, tokens or not.
SHUT = "strictbase_agent_guard.shut"
FREE_HOSTS = "strictbase_agent_guard.http_free_hosts"


class AgentEntry:
    """Makes a method the entry point when nothing above it is one.

    Over JSON-2 the dispatcher has already said what was called, and this does
    nothing. In other cases (Odoo's own web client with ``agent_mode``, a scheduled
    message that an agent wrote, a test) the outermost guarded method is the entry.
    """

    def __init__(self, records, method):
        self.records = records
        self.method = method
        self.state = None

    def __enter__(self):
        actor = actor_of(self.records.env)
        if actor is not None and peek(self.records.env) is None:
            guard = self.records.env["strictbase.agent.guard"]
            context = self.records.env.context
            self.state = guard._open_call(
                actor, self.records._name, self.method, self.records.ids, context
            )
        return self

    def clean(self):
        """The records without the token, so that nothing can store it."""
        context = self.records.env.context
        if self.state is None or "agent_confirmation_token" not in context:
            return self.records
        kept = {k: v for k, v in context.items() if k != "agent_confirmation_token"}
        return self.records.with_env(self.records.env(context=kept))

    def __exit__(self, exc_type, exc, traceback):
        if self.state is None:
            return False
        detach(self.records.env)
        self.state.closed = True
        if self.state.refused:
            raise self.state.error() from exc
        return False


class StrictbaseAgentGuard(models.AbstractModel):
    _name = "strictbase.agent.guard"
    _description = "Agent Guard"

    def _register_hook(self):
        super()._register_hook()
        wire.install()
        installed = self.env.registry._init_modules
        for module, companion in COMPANIONS.items():
            if module in installed and companion not in installed:
                _logger.warning(
                    "%s is installed without %s: what it sends is guarded only "
                    "by the last barrier",
                    module,
                    companion,
                )

    # ------------------------------------------------------------------
    # Who
    # ------------------------------------------------------------------
    @api.model
    def _actor(self):
        """The user whose messages need approval, None when nobody's do."""
        return actor_of(self.env)

    @api.model
    def _acting_agent(self):
        """The agent behind this call as a record, empty if there is none."""
        users = self.env["res.users"]
        agent = agent_of(self.env)
        return users if agent is None else users.sudo().browse(agent)

    @api.model
    def _own_partners(self):
        """The ids of the contact of the agent behind this call."""
        return set(self._acting_agent().partner_id.ids)

    @api.model
    def _origin(self, records):
        """The agent who queued these rows, when a queue and no call sends them."""
        if current_request() is not None and not in_job.get():
            return None
        agents = agents_of(self.env)
        for record in records:
            if record.create_uid.id in agents:
                return record.create_uid.id
        return None

    @api.model
    def _forbidden_roles(self, user):
        """Roles that an agent must not hold; not from a cache."""
        groups = user.sudo().all_group_ids
        return [
            name
            for name, xmlid in ROLES.items()
            if self.env.ref(xmlid, raise_if_not_found=False) in groups
        ]

    @api.model
    def _open_call(self, actor, model, method, ids, context):
        state = CallState(
            actor=actor,
            is_agent=actor in agents_of(self.env),
            entry=self.env["strictbase.agent.confirmation"]._entry(model, method, ids),
            token=context.get("agent_confirmation_token") or None,
            channel=str(context.get("agent_channel") or "")[:64],
        )
        attach(self.env, state)
        return state

    # ------------------------------------------------------------------
    # Whom
    # ------------------------------------------------------------------
    @api.model
    def _outside_partners(self, partners, actor=None):
        """Partners without an active internal user.

        The agent's own address is outside too where one is asked for: who reads
        that mailbox is not known here.
        """
        partners = partners.sudo()
        state = peek(self.env)
        # no call of an agent makes anybody an internal user: asked once a call
        known = {} if state is None else state.inside
        unknown = [partner_id for partner_id in partners.ids if partner_id not in known]
        if unknown:
            users = self.env["res.users"].sudo().with_context(active_test=True)
            found = users._read_group(
                [("partner_id", "in", unknown), ("share", "=", False)],
                ["partner_id"],
                ["id:array_agg"],
            )
            found = {partner.id: set(uids) for partner, uids in found}
            known.update((pid, found.get(pid, set())) for pid in unknown)
        return partners.filtered(lambda p: not known.get(p.id, set()) - {actor})

    @api.model
    def _outside_addresses(self, *texts, actor=None):
        """Addresses in these header values that no active internal user has."""
        found = []
        for text in texts:
            if not text or not text.strip():
                continue
            addresses = email_normalize_all(text)
            found += addresses or [" ".join(text.split())]
        if not found:
            return []
        inside = self._inside_addresses(found, actor)
        return [a for a in dict.fromkeys(found) if a not in inside]

    @api.model
    def _inside_addresses(self, addresses, actor=None):
        users = (
            self.env["res.users"]
            .sudo()
            .search(
                [
                    ("share", "=", False),
                    ("active", "=", True),
                    ("id", "!=", actor or 0),
                    ("partner_id.email_normalized", "in", list(addresses)),
                ]
            )
        )
        return set(users.mapped("partner_id.email_normalized"))

    @api.model
    def _as_recipients(self, partners):
        return [
            {"name": p.display_name or "", "address": _address(p)}
            for p in partners.sudo()
        ]

    @api.model
    def _free_hosts(self):
        value = self.env["ir.config_parameter"].sudo().get_param(FREE_HOSTS) or ""
        return {host.strip() for host in value.split(",") if host.strip()}

    # ------------------------------------------------------------------
    # What
    # ------------------------------------------------------------------
    @api.model
    def _digest_of(self, *parts, attachments=None):
        """One digest for a content, the same before and after it is stored."""
        files = []
        if attachments:
            files = sorted((a.name or "", a.checksum or "") for a in attachments.sudo())
        text = json.dumps([[str(p or "") for p in parts], files], ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    @api.model
    def _egress(self, items, at_once=False, whole=False):
        """Whether these may leave; decided before anything does.

        Without approval the items are noted for the refusal, which is raised when
        the call ends or its transaction is about to be committed, so that it lists
        everything. ``at_once`` is for what cannot be undone, such as a connection.
        ``whole`` is for what is about to leave: it gets no more files.
        """
        actor = self._actor()
        if actor is None or not items:
            return True
        state = peek(self.env)
        self._describe(items, state)
        if state is None:
            raise refusal(items)
        state.seen += items
        granted = self._granted(state)
        if granted and not whole:
            items = self._without_unfinished(state, items)
            if not items:
                return True
        for item in items:
            state.unfinished.pop(item.target, None)
        if granted and all(state.grant.covers(i) for i in items):
            state.granted += items
            self.env["strictbase.agent.egress"]._record(state, items)
            self.env["strictbase.agent.touch"].sudo()._close_granted(
                {(item.model, item.res_id) for item in items if item.res_id},
                state.grant.approver_id,
            )
            return True
        if state.grant is not None and not state.fault:
            state.fault = CHANGED
        state.refuse(items)
        self._tell_shows(state)
        self.env["strictbase.agent.refusal"]._note(state)
        if not state.guards_commit:
            self.env.cr.precommit.add(state.raise_if_refused)
        if at_once:
            raise state.error()
        return False

    @api.model
    def _without_unfinished(self, state, items):
        """The items without rows of this call that get their files next, as Odoo
        gives a letter its printed documents after it has stored it."""
        if state.grant.approved is None:
            return items
        begun = {
            item.target: item
            for item in items
            if state.has_made(*item.target) and state.grant.approved.begins(item)
        }
        if begun:
            if not state.unfinished:
                self.env.cr.precommit.add(lambda: self._finish(state))
            state.unfinished.update(begun)
        return [item for item in items if item.target not in begun]

    @api.model
    def _finish(self, state):
        """What still is without a file that was approved is not what was approved."""
        items = list(state.unfinished.values())
        state.unfinished = {}
        if items and not state.closed:
            self._egress(items, whole=True)

    @api.model
    def _tell_shows(self, state):
        """What a refused call would let people outside see is part of its manifest."""
        for rows in state.shows:
            items = rows.exists()._agent_guard_showings()
            self._describe(items, state)
            state.seen += items
        state.shows = []

    @api.model
    def _granted(self, state):
        if self._is_stopped():
            state.stopped = True
            state.fault = self._stopped_by()
            return False
        if state.grant is None and state.token and not state.fault:
            self.env["strictbase.agent.confirmation"]._reserve(state)
        return state.grant is not None

    @api.model
    def _has_left(self):
        """From here on a rollback cannot take it back, nor give the token back."""
        state = peek(self.env)
        if state is not None:
            state.left = True

    @api.model
    def _document(self, model, res_id):
        """The record that a message is about, if it is one."""
        if not model or not res_id or model not in self.env:
            return None
        return self.env[model].sudo().browse(res_id).exists()

    @api.model
    def _documents(self, keys):
        """(model, id) -> the record, of those that are there: read together."""
        ids = defaultdict(set)
        for model, res_id in keys:
            if model in self.env and res_id:
                ids[model].add(res_id)
        return {
            (model, record.id): record
            for model, found in ids.items()
            for record in self.env[model].sudo().browse(found).exists()
        }

    @api.model
    def _new_egress(self, channel, recipients, record=None, **values):
        if record:
            values.setdefault("model", record._name)
            values.setdefault("res_id", record.id)
        return Egress(channel=channel, recipients=recipients, **values)


def _address(partner):
    addresses = email_normalize_all(partner.email)
    return ", ".join(addresses) or (partner.email or "")
