# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import hashlib
import json
import secrets
from contextlib import contextmanager

from odoo import api, fields, models, modules
from odoo.exceptions import AccessError, UserError
from odoo.modules.module import get_manifest
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ..tools.call_state import Entry, Grant
from ..tools.manifest import Approved
from ..tools.refusal import REASON

MAX_TTL = 3600
AUDIT_DAYS = "strictbase_agent_guard.audit_days"
DEFAULT_DAYS = 90
MAX_DAYS = 36500
ATTEMPTS = 5


class StrictbaseAgentConfirmation(models.Model):
    """One approval of one call.

    A row is an approval in itself: what was asked (model, method, records), by
    whom (agent), who answered (approver), until when, and, once used, the manifest
    of what left. A row may later also start as ``pending``, with a manifest that the
    approver sees; its digest then binds the approval to that content.
    """

    _name = "strictbase.agent.confirmation"
    _description = "Agent Confirmation"
    _order = "id desc"
    _rec_name = "requested_model"
    _allow_sudo_commands = False

    user_id = fields.Many2one(
        "res.users", "Approver", required=True, index=True, readonly=True
    )
    agent_user_id = fields.Many2one("res.users", "Agent", index=True, readonly=True)
    state = fields.Selection(
        [
            ("pending", "Pending"),
            ("approved", "Approved"),
            ("reserved", "In use"),
            ("done", "Used"),
            ("uncertain", "Used, outcome uncertain"),
            ("rejected", "Rejected"),
        ],
        required=True,
        default="approved",
        readonly=True,
        index=True,
    )
    token_digest = fields.Char(
        index=True, readonly=True, copy=False, groups="base.group_system"
    )
    requested_model = fields.Char("Model", required=True, readonly=True)
    requested_method = fields.Char("Method", required=True, readonly=True)
    requested_ids_json = fields.Text("Records", required=True, readonly=True)
    reason = fields.Char(readonly=True)
    expires_at = fields.Datetime(required=True, readonly=True)
    nonce = fields.Char(readonly=True, copy=False, groups="base.group_system")
    reserved_at = fields.Datetime(readonly=True)
    used = fields.Boolean(compute="_compute_used", search="_search_used")
    used_at = fields.Datetime(readonly=True)
    agent_channel = fields.Char(readonly=True)
    manifest = fields.Json(readonly=True, help="What the approved call sent")
    manifest_digest = fields.Char(readonly=True)

    _token_digest_unique = models.Constraint(
        "unique(token_digest)", "A token can be issued only once."
    )

    @api.depends("state")
    def _compute_used(self):
        for confirmation in self:
            confirmation.used = confirmation.state in ("reserved", "done", "uncertain")

    def _search_used(self, operator, value):
        if operator != "in":
            return NotImplemented
        states = []
        if True in value:
            states += ["reserved", "done", "uncertain"]
        if False in value:
            states += ["pending", "approved", "rejected"]
        return [("state", "in", states)]

    # ------------------------------------------------------------------
    # Issue
    # ------------------------------------------------------------------
    @api.model
    def issue_token(
        self,
        model_name,
        method_name,
        record_ids=(),
        reason=REASON,
        ttl_seconds=600,
        agent_user_id=None,
        request_uuid=None,
        arguments_digest=None,
        recipients=None,
    ):
        """Approve one call of an agent and return the token that proves it.

        :param model_name: model of the call as the agent makes it
        :param method_name: method of the call
        :param record_ids: ids of the call; order and duplicates do not matter
        :param ttl_seconds: how long the token can be used, an hour at most
        :param agent_user_id: the only user who may use it; without it, the first
            agent who presents it
        :param request_uuid: the request that is approved; without it, the only one
            that waits for this call
        :param arguments_digest: where none waits, the digest of the call's arguments
        :param recipients: where none waits, the only addresses that it may reach
        :return: the token, shown this once; only its digest is kept
        """
        self._check_approver()
        if not model_name or not method_name:
            raise UserError(self.env._("A token needs a model and a method."))
        self._check_minting()
        agent = self._check_agent(agent_user_id)
        self._check_call(model_name, method_name, record_ids)
        token = secrets.token_urlsafe(32)
        entry = self._entry(model_name, method_name, record_ids)
        seconds = max(1, min(int(ttl_seconds), MAX_TTL))
        waiting = self._to_mint(entry, agent, request_uuid, arguments_digest)
        if waiting:
            waiting._approve(seconds, minted_digest=self._digest(token))
            return token
        self._check_binding(arguments_digest, recipients)
        # nothing of the caller's context or defaults may reach this row
        self.env(su=True, context={})[self._name].create(
            {
                "user_id": self.env.uid,
                "agent_user_id": agent.id,
                "state": "approved",
                "token_digest": self._digest(token),
                "requested_model": entry.model,
                "requested_method": entry.method,
                "requested_ids_json": self._ids_json(entry.ids),
                "reason": str(reason or REASON)[:200],
                "expires_at": fields.Datetime.add(
                    fields.Datetime.now(), seconds=seconds
                ),
                "nonce": False,
                "reserved_at": False,
                "used_at": False,
                "agent_channel": False,
                "manifest": False,
                "manifest_digest": False,
                "request_uuid": False,
                "asked_manifest": None,
                "asked_digest": False,
                "minted_digest": False,
                "bound_arguments": str(arguments_digest or "") or False,
                "bound_recipients": None
                if recipients is None
                else [str(r).strip().lower() for r in recipients],
            }
        )
        return token

    @api.model
    def guard_status(self):
        """What the caller is to this guard; for clients that check their set-up."""
        users = self.env["res.users"]
        user = self.env.user
        if not user._is_internal():
            raise AccessError(self.env._("Only internal users may ask."))
        roles = self.env["strictbase.agent.guard"]._forbidden_roles(user)
        return {
            "version": get_manifest("strictbase_agent_guard")["version"],
            "is_agent": user.id in users._agent_guard_uids(),
            "is_approver": "approver" in roles,
            "is_administrator": "system" in roles or "erp_manager" in roles,
            "agent_group_members": len(users._agent_guard_uids()),
        }

    @api.model
    def _check_approver(self):
        agents = self.env["res.users"]._agent_guard_uids()
        if not self.env.user.has_group(
            "strictbase_agent_guard.group_agent_confirmation_approver"
        ):
            raise AccessError(
                self.env._("Only an Agent Confirmation Approver may issue tokens.")
            )
        if self.env["strictbase.agent.guard"]._actor() in agents:
            raise AccessError(self.env._("An agent may not issue tokens."))

    @api.model
    def _check_agent(self, agent_user_id):
        if not agent_user_id:
            return self.env["res.users"]
        agent = self.env["res.users"].sudo().browse(int(agent_user_id)).exists()
        if not agent or not agent.active or agent.id == self.env.uid:
            raise UserError(
                self.env._("A token is for another, active user: the agent.")
            )
        if self.env["strictbase.agent.guard"]._forbidden_roles(agent):
            raise UserError(
                self.env._(
                    "%(name)s is approver or administrator: no token can be issued "
                    "to that user.",
                    name=agent.name,
                )
            )
        return agent

    # ------------------------------------------------------------------
    # Use
    # ------------------------------------------------------------------
    @api.model
    def _reserve(self, state):
        """Take the token for this call: one statement, committed by itself.

        It is decided before anything leaves, by a cursor of its own, so that of any
        number of parallel calls one gets it. The row is never written by the call's
        own transaction, which is REPEATABLE READ and would fail on it.
        """
        state.fault = self._fault_of_users(state)
        if state.fault or state.entry is None:
            state.fault = state.fault or "scope"
            return
        digest = self._digest(state.token)
        nonce = secrets.token_hex(16)
        row = self._autonomously(
            SQL(
                """
                UPDATE strictbase_agent_confirmation
                   SET state = 'reserved',
                       nonce = %(nonce)s,
                       reserved_at = clock_timestamp() AT TIME ZONE 'UTC',
                       agent_user_id = %(actor)s,
                       agent_channel = %(channel)s
                 WHERE (token_digest = %(digest)s OR minted_digest = %(digest)s)
                   AND state = 'approved'
                   AND requested_model = %(model)s
                   AND requested_method = %(method)s
                   AND requested_ids_json = %(ids)s
                   AND expires_at > clock_timestamp() AT TIME ZONE 'UTC'
                   AND user_id != %(actor)s
                   AND (agent_user_id IS NULL OR agent_user_id = %(actor)s)
                   AND (bound_arguments IS NULL OR bound_arguments = %(arguments)s)
             RETURNING id, user_id, asked_manifest, bound_recipients
                """,
                nonce=nonce,
                actor=state.actor,
                channel=state.channel or None,
                digest=digest,
                model=state.entry.model,
                method=state.entry.method,
                ids=self._ids_json(state.entry.ids),
                arguments=self.env["strictbase.agent.guard"]._arguments(),
            )
        )
        if not row:
            state.fault = self._fault_of_token(state, digest)
            return
        confirmation_id, approver_id, asked, named = row
        approver = self.env["res.users"].sudo().browse(approver_id)
        if not approver.active or not approver.has_group(
            "strictbase_agent_guard.group_agent_confirmation_approver"
        ):
            self._settle(confirmation_id, nonce, "rejected", [])
            state.fault = "approver"
            return
        state.grant = Grant(
            confirmation_id,
            approver_id,
            approved=Approved(asked) if asked else None,
            recipients=None if named is None else set(named),
        )
        state.approved_lines = asked

        def committed():
            manifest = [item.as_manifest() for item in state.granted]
            self._settle(confirmation_id, nonce, "done", manifest)

        def rolled_back():
            manifest = [item.as_manifest() for item in state.granted]
            outcome = "uncertain" if state.left else "approved"
            self._settle(confirmation_id, nonce, outcome, manifest)
            state.grant = None
            state.granted = []

        self.env.cr.postcommit.add(committed)
        self.env.cr.postrollback.add(rolled_back)

    @api.model
    def _fault_of_users(self, state):
        user = self.env["res.users"].sudo().browse(state.actor)
        if state.is_agent and self.env["strictbase.agent.guard"]._forbidden_roles(user):
            return "agent is approver or administrator"
        return ""

    @api.model
    def _fault_of_token(self, state, digest):
        """Why the token was not accepted, in one word, for the person who asks."""
        row = self._autonomously(
            SQL(
                """
                SELECT state, user_id, agent_user_id, requested_model,
                       requested_method, requested_ids_json,
                       expires_at > clock_timestamp() AT TIME ZONE 'UTC',
                       reject_reason, bound_arguments
                  FROM strictbase_agent_confirmation
                 WHERE token_digest = %s OR minted_digest = %s
                """,
                digest,
                digest,
            )
        )
        if not row:
            return "unknown"
        status, issuer, agent, model, method, ids, fresh, why, arguments = row
        entry = state.entry
        if (model, method, ids) != (
            entry.model,
            entry.method,
            self._ids_json(entry.ids),
        ):
            return "issued for another call"
        if issuer == state.actor:
            return "issued by the user who presents it"
        if agent and agent != state.actor:
            return "issued for another agent"
        if status in ("pending", "approved", "expired") and not fresh:
            return "expired"
        if status == "pending":
            return "waiting for approval"
        if status == "rejected":
            return f"rejected: {why}" if why else "rejected"
        if status != "approved":
            return "already used"
        return "issued for other arguments" if arguments else "unknown"

    @api.model
    def _settle(self, confirmation_id, nonce, status, manifest):
        """Close or give back a reservation, whatever became of the call."""
        text = json.dumps(manifest, sort_keys=True, ensure_ascii=False)
        given_back = status == "approved"
        self._autonomously(
            SQL(
                """
                UPDATE strictbase_agent_confirmation
                   SET state = %(state)s,
                       nonce = %(nonce_after)s,
                       used_at = CASE WHEN %(given_back)s THEN NULL
                                 ELSE clock_timestamp() AT TIME ZONE 'UTC' END,
                       manifest = %(manifest)s,
                       manifest_digest = %(digest)s
                 WHERE id = %(id)s AND nonce = %(nonce)s AND state = 'reserved'
             RETURNING id, user_id
                """,
                state=status,
                nonce=nonce,
                nonce_after=None if given_back else nonce,
                given_back=given_back,
                manifest=None if given_back else text,
                digest=None
                if given_back
                else hashlib.sha256(text.encode()).hexdigest(),
                id=confirmation_id,
            ),
            closing=True,
        )

    @api.model
    def _autonomously(self, query, closing=False):
        """Run one statement in a transaction of its own; its row, if any."""
        for attempt in range(ATTEMPTS):
            try:
                with self._own_cursor(closing) as cr:
                    if cr is None:
                        return None
                    cr.execute(query)
                    return cr.fetchone()
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                # another call got there first: look again
                if attempt == ATTEMPTS - 1:
                    raise
        return None

    @contextmanager
    def _own_cursor(self, closing):
        if modules.module.current_test:
            # one connection only: the test's transaction takes the place of ours,
            # and its rollback that of giving back
            if closing and self.env.cr.closed:
                yield None
                return
            self.env.flush_all()
            yield self.env.cr
            self.env["strictbase.agent.confirmation"].invalidate_model()
            return
        with self.env.registry.cursor() as cr:
            yield cr

    # ------------------------------------------------------------------
    # Tools
    # ------------------------------------------------------------------
    @api.model
    def _digest(self, token):
        return hashlib.sha256(str(token).encode()).hexdigest()

    @api.model
    def _entry(self, model, method, ids):
        if isinstance(ids, int):
            ids = [ids]
        return Entry(
            str(model), str(method), tuple(sorted({int(i) for i in ids or ()}))
        )

    @api.model
    def _ids_json(self, ids):
        return json.dumps(sorted(ids), separators=(",", ":"))

    @api.model
    def _audit_days(self):
        """How long approvals and log are kept; not less by a slip of the pen."""
        param = self.env["ir.config_parameter"].sudo().get_param(AUDIT_DAYS) or ""
        days = int(param) if param.strip().isdecimal() else 0
        return days if 0 < days <= MAX_DAYS else DEFAULT_DAYS

    @api.autovacuum
    def _gc_after_the_audit_period(self):
        days = self._audit_days()
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM strictbase_agent_confirmation
                 WHERE GREATEST(create_date, expires_at, used_at)
                       < (now() AT TIME ZONE 'UTC') - make_interval(days => %s)
                """,
                days,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM strictbase_agent_egress
                 WHERE create_date
                       < (now() AT TIME ZONE 'UTC') - make_interval(days => %s)
                """,
                days,
            )
        )
        self.env.invalidate_all()
