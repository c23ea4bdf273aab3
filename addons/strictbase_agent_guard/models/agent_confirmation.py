# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import hashlib
import json
import secrets

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.modules.module import get_manifest
from odoo.tools import SQL

from ..tools.call_state import Entry
from ..tools.refusal import REASON

MAX_TTL = 3600
AUDIT_DAYS = "strictbase_agent_guard.audit_days"
DEFAULT_DAYS = 90
MAX_DAYS = 36500


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
        :param recipients: the only addresses that it may reach: no request that goes to
            others is approved
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
        waiting = self._to_mint(
            entry, agent, request_uuid, arguments_digest, recipients
        )
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
                else sorted(self._named_recipients(recipients)),
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
