# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A refused call as a request: it waits in Odoo until a person has decided.

The request is filed after the call's own transaction was rolled back, and holds the
manifest of everything that the call would have sent. Its claim, which the agent gets
with the refusal, is worth something only once the request is approved, only with that
agent's key, and only for a call that would send the same. What a call would send is
told by ``agent_guard``; using an approval up is ``agent_confirmation``'s.
"""

import base64
import logging
import uuid
from contextlib import contextmanager

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.http import request as served
from odoo.tools import SQL, hmac

from ..tools.call_state import current_request, detach, peek_request
from ..tools.manifest import digest_of, lines_of, visible
from ..tools.refusal import MARKER
from .parameters import (
    APPROVAL_HOURS,
    MAX_PENDING,
    ODOO_ONLY,
    REQUEST_DAYS,
    UNBOUND,
)

_logger = logging.getLogger(__name__)

OPEN = ("pending", "approved")
#: As the agent is told it.
TOLD = {"reserved": "approved", "uncertain": "done"}
WITHDRAWN = "withdrawn by the agent"
ACTIVITY = "mail.mail_activity_data_todo"
MAX_TOLD = 20


class StrictbaseAgentConfirmation(models.Model):
    _name = "strictbase.agent.confirmation"
    _inherit = ("strictbase.agent.confirmation", "mail.thread", "mail.activity.mixin")

    # nobody yet, while a request waits
    user_id = fields.Many2one(required=False)
    state = fields.Selection(
        selection_add=[("expired", "Expired")], ondelete={"expired": "cascade"}
    )
    request_uuid = fields.Char("Request", readonly=True, copy=False, index=True)
    asked_manifest = fields.Json(
        readonly=True, groups="base.group_system", help="What the call would have sent"
    )
    asked_digest = fields.Char(readonly=True, index=True)
    arguments_digest = fields.Char(readonly=True)
    minted_digest = fields.Char(
        readonly=True, copy=False, index=True, groups="base.group_system"
    )
    bound_arguments = fields.Char(readonly=True)
    bound_recipients = fields.Json(readonly=True)
    decided_at = fields.Datetime(readonly=True)
    reject_reason = fields.Char(readonly=True)
    summary = fields.Char(readonly=True)
    channels = fields.Char("By", readonly=True)
    recipients_text = fields.Char("To", readonly=True)
    subject = fields.Char(readonly=True)
    document_model = fields.Char(readonly=True)
    document_id = fields.Integer(readonly=True)
    earlier_id = fields.Many2one(
        "strictbase.agent.confirmation", "Earlier Request", readonly=True
    )

    _request_uuid_unique = models.Constraint(
        "unique(request_uuid)", "A request has a number of its own."
    )

    # ------------------------------------------------------------------
    # Filing
    # ------------------------------------------------------------------
    @api.model
    def _file(self, state):
        """The request for what this call would send: a new one, or the one that waits.

        :return: the request, empty if none can be kept, and why
        """
        lines = lines_of(state.seen)
        asked = digest_of(state.entry, lines)
        with self._one_by_one(state.actor):
            now = fields.Datetime.now()
            mine = [("agent_user_id", "=", state.actor), ("request_uuid", "!=", False)]
            waiting = self.search(
                [
                    *mine,
                    ("asked_digest", "=", asked),
                    ("state", "in", OPEN),
                    ("expires_at", ">", now),
                ],
                limit=1,
            )
            if waiting:
                return waiting, ""
            limit = self._agent_guard_number(MAX_PENDING)
            pending = [*mine, ("state", "=", "pending"), ("expires_at", ">", now)]
            if self.search_count(pending) >= limit:
                return self.browse(), (
                    f"{limit} requests of this agent wait already; no other is kept "
                    "until some of them are answered"
                )
            quiet = self.with_context(
                mail_create_nolog=True,
                mail_create_nosubscribe=True,
                tracking_disable=True,
            )
            filed = quiet.create(self._request_values(state, lines, asked))
            filed._tell_approvers()
            self.env.cr.commit()  # pylint: disable=invalid-commit
            return self.browse(filed.id), ""

    @contextmanager
    def _one_by_one(self, agent_id):
        """Requests of one agent are filed in turn, each seeing those before it."""
        cr = self.env.cr
        key = SQL("hashtext(%s), %s", self._table, agent_id)
        cr.execute("SET LOCAL lock_timeout = '10s'")
        cr.execute(SQL("SELECT pg_advisory_lock(%s)", key))
        # the lock is the session's: what was committed meanwhile is seen from here
        cr.rollback()
        try:
            yield
        finally:
            cr.rollback()
            cr.execute(SQL("SELECT pg_advisory_unlock(%s)", key))
            cr.commit()  # pylint: disable=invalid-commit

    @api.model
    def _request_values(self, state, lines, asked):
        number = str(uuid.uuid4())
        people = list(
            dict.fromkeys(
                visible(r["address"] or r["name"])
                for li in lines
                for r in li["recipients"]
            )
        )
        channels = ", ".join(sorted({line["channel"] for line in lines}))
        subject = next((visible(li["subject"]) for li in lines if li["subject"]), "")
        of = next((li for li in lines if li["model"]), {})
        more = f" (+{len(people) - 1})" if len(people) > 1 else ""
        earlier = self.search(
            [
                ("agent_user_id", "=", state.actor),
                ("request_uuid", "!=", False),
                ("document_model", "=", of.get("model") or "-"),
                ("document_id", "=", of.get("res_id") or 0),
            ],
            limit=1,
        )
        return {
            "user_id": False,
            "agent_user_id": state.actor,
            "state": "pending",
            "request_uuid": number,
            "token_digest": self._digest(self._claim(number, state.actor)),
            "minted_digest": False,
            "bound_arguments": False,
            "bound_recipients": None,
            "requested_model": state.entry.model,
            "requested_method": state.entry.method,
            "requested_ids_json": self._ids_json(state.entry.ids),
            "reason": f"{channels} to {people[0] if people else ''}{more}"[:200],
            "expires_at": fields.Datetime.add(
                fields.Datetime.now(), days=self._agent_guard_number(REQUEST_DAYS)
            ),
            "nonce": False,
            "reserved_at": False,
            "used_at": False,
            "agent_channel": state.channel,
            "manifest": False,
            "manifest_digest": False,
            "asked_manifest": lines,
            "asked_digest": asked,
            "arguments_digest": state.arguments,
            "decided_at": False,
            "reject_reason": False,
            "summary": f"{people[0] if people else channels}{more}: {subject}"[:200],
            "channels": channels[:200],
            "recipients_text": ", ".join(people)[:1000],
            "subject": subject[:200],
            "document_model": of.get("model") or False,
            "document_id": of.get("res_id") or 0,
            "earlier_id": earlier.id,
        }

    @api.model
    def _claim(self, number, agent_id):
        """The secret of a request: kept nowhere, the same whenever it is asked for."""
        secret = hmac(
            self.env(su=True), "strictbase_agent_guard-claim", (number, agent_id)
        )
        return base64.urlsafe_b64encode(bytes.fromhex(secret)).decode().rstrip("=")

    @api.model
    def _approvers(self):
        group = self.env.ref("strictbase_agent_guard.group_agent_confirmation_approver")
        return group.sudo().all_user_ids.filtered(
            lambda user: user.active and not user.share
        )

    def _tell_approvers(self):
        """An activity for each approver; no e-mail."""
        activity_type = self.env.ref(ACTIVITY, raise_if_not_found=False)
        quiet = self.sudo().with_context(mail_activity_quick_update=True)
        for row in quiet:
            for user in self._approvers()[:MAX_TOLD]:
                row.activity_schedule(
                    act_type_xmlid=ACTIVITY if activity_type else "",
                    summary=self.env._("Approve: %s", row.summary),
                    user_id=user.id,
                    date_deadline=fields.Date.context_today(
                        row.with_context(tz=user.tz or "UTC")
                    ),
                )

    def _decided(self, words):
        """The activities are done; what was decided, and by whom, is the history."""
        for row in self.sudo().with_context(tracking_disable=True):
            row.activity_ids.unlink()
            row._message_log(
                body=words,
                author_id=self.env.user.partner_id.id,
                email_from=self.env.user.email_formatted,
            )

    # ------------------------------------------------------------------
    # Deciding
    # ------------------------------------------------------------------
    def _check_may_decide(self):
        """Only a person who is an approver, of what that person may read."""
        self.env["strictbase.agent.confirmation"]._check_approver()
        for row in self:
            if row.agent_user_id.id == self.env.uid:
                raise AccessError(self.env._("Nobody approves their own calls."))
            row._check_documents()

    @api.model
    def _check_interactive(self):
        request = current_request()
        if request is not None and request.session.uid != self.env.uid:
            raise AccessError(
                self.env._(
                    "These buttons are for a person who has signed in. With a key, "
                    "call issue_token."
                )
            )

    def _check_documents(self):
        """An approver sees what is approved, so has to be allowed to read it."""
        for model, res_id in {(li["model"], li["res_id"]) for li in self._lines()}:
            self._check_readable(model, res_id)

    @api.model
    def _check_readable(self, model, res_id):
        if not self._may_read(model, res_id):
            raise AccessError(
                self.env._(
                    "It is about a document that you may not read: %(model)s %(id)s. "
                    "Somebody who may has to decide.",
                    model=model,
                    id=res_id,
                )
            )

    def _lines(self):
        self.ensure_one()
        return self.sudo().asked_manifest or []

    def action_approve(self):
        self._check_interactive()
        self._approve(self._agent_guard_number(APPROVAL_HOURS) * 3600)
        return True

    def _approve(self, seconds, **values):
        self._check_may_decide()
        now = fields.Datetime.now()
        for row in self:
            if row.state != "pending" or row.expires_at <= now:
                raise UserError(
                    self.env._("%s does not wait for approval any more.", row.summary)
                )
        self.sudo().write(
            {
                "state": "approved",
                "user_id": self.env.uid,
                "decided_at": now,
                "expires_at": fields.Datetime.add(now, seconds=seconds),
                **values,
            }
        )
        self._decided(self.env._("Approved"))

    def action_revoke(self):
        """What was approved and not sent yet is not to be sent."""
        self._check_interactive()
        self._reject(self.env._("The approval was taken back."))
        return True

    def _reject(self, reason):
        self._check_may_decide()
        for row in self:
            if row.state not in ("pending", "approved"):
                raise UserError(
                    self.env._("%s can not be rejected any more.", row.summary)
                )
        self.sudo().write(
            {
                "state": "rejected",
                "user_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
                "reject_reason": visible(reason)[:200],
            }
        )
        self._decided(self.env._("Rejected: %s", visible(reason)[:200]))

    # ------------------------------------------------------------------
    # Asked by the agent, or by the approver's program
    # ------------------------------------------------------------------
    @api.model
    def _own_request(self, request_uuid):
        if not isinstance(request_uuid, str):
            raise UserError(self.env._("A request is named by its number."))
        row = self.sudo().search([("request_uuid", "=", request_uuid)], limit=1)
        if not row or row.agent_user_id.id != self.env.uid:
            raise AccessError(self.env._("You have no such request."))
        return row

    @api.model
    def request_status(self, request_uuid):
        """What has become of a request, for the agent that has asked alone."""
        row = self._own_request(request_uuid)
        told = row._state_now()
        text = fields.Datetime.to_string
        return {
            "request": row.request_uuid,
            "state": TOLD.get(told, told),
            "expires_at": text(row.expires_at)
            if told in ("pending", "approved", "reserved")
            else False,
            "decided_at": text(row.decided_at) or False,
            "decided_by": row.user_id.name or False,
            "reason": row.reject_reason or False,
            "uncertain": told == "uncertain",
            "used_at": text(row.used_at) or False,
            "sent": [
                {
                    name: line.get(name)
                    for name in ("channel", "recipients", "subject", "model", "res_id")
                }
                for line in (row.manifest or [])
            ]
            if told in ("done", "uncertain")
            else [],
        }

    def _state_now(self):
        """The state, where time counts too."""
        self.ensure_one()
        open_until = self.state in ("pending", "approved")
        if open_until and self.expires_at <= fields.Datetime.now():
            return "expired"
        return self.state

    @api.model
    def guard_status(self):
        return {
            **super().guard_status(),
            "requests": True,
            "approve_in_odoo_only": self._agent_guard_flag(ODOO_ONLY),
            "unbound_tokens": self._agent_guard_flag(UNBOUND),
            "stopped": self.env["strictbase.agent.guard"]._is_stopped(),
        }

    @api.model
    def withdraw_request(self, request_uuid):
        """The agent does not want it any more."""
        row = self._own_request(request_uuid)
        if row.state not in ("pending", "approved"):
            raise UserError(self.env._("This request has been answered already."))
        row.write({"state": "rejected", "reject_reason": WITHDRAWN})
        row._decided(self.env._("Withdrawn by the agent"))
        return True

    @api.model
    def request_manifest(self, request_uuid):
        """All that the request would send, for its agent and for approvers."""
        row = self.sudo().search([("request_uuid", "=", str(request_uuid))], limit=1)
        if not row or row.agent_user_id.id != self.env.uid:
            self._check_approver()
            if not row:
                raise UserError(self.env._("There is no such request."))
            row.with_env(self.env)._check_documents()
        return row._manifest_as_text()

    @api.autovacuum
    def _gc_requests(self):
        """Time is up for some; what hangs on rows that are gone goes, too."""
        self.env.cr.execute(
            """
            UPDATE strictbase_agent_confirmation SET state = 'expired'
             WHERE state IN ('pending', 'approved')
               AND expires_at < now() AT TIME ZONE 'UTC'
         RETURNING id
            """
        )
        expired = self.browse([row[0] for row in self.env.cr.fetchall()])
        self.env.invalidate_all()
        for table, model, res_id in (
            ("mail_activity", "res_model", "res_id"),
            ("mail_followers", "res_model", "res_id"),
            ("mail_message", "model", "res_id"),
        ):
            self.env.cr.execute(
                SQL(
                    """
                    DELETE FROM %s WHERE %s = %s
                       AND %s NOT IN (SELECT id FROM strictbase_agent_confirmation)
                    """,
                    SQL.identifier(table),
                    SQL.identifier(model),
                    self._name,
                    SQL.identifier(res_id),
                )
            )
        expired.sudo().activity_ids.unlink()

    # ------------------------------------------------------------------
    # Minting
    # ------------------------------------------------------------------
    @api.model
    def _to_mint(self, entry, agent, request_uuid, arguments_digest):
        """The one pending request that a token is for, if there is one."""
        domain = [
            ("state", "=", "pending"),
            ("request_uuid", "!=", False),
            ("expires_at", ">", fields.Datetime.now()),
            ("requested_model", "=", entry.model),
            ("requested_method", "=", entry.method),
            ("requested_ids_json", "=", self._ids_json(entry.ids)),
        ]
        if agent:
            domain.append(("agent_user_id", "=", agent.id))
        if request_uuid:
            domain.append(("request_uuid", "=", str(request_uuid)))
        elif arguments_digest:
            domain.append(("arguments_digest", "=", str(arguments_digest)))
        rows = self.sudo().search(domain)
        if request_uuid and not rows:
            raise UserError(
                self.env._("No request of this number waits for this call.")
            )
        if len(rows) > 1:
            raise UserError(
                self.env._(
                    "%(count)s requests for %(call)s wait for approval: say which by "
                    "request_uuid.",
                    count=len(rows),
                    call=entry,
                )
            )
        return rows.with_env(self.env)

    @api.model
    def _check_minting(self):
        if self._agent_guard_flag(ODOO_ONLY):
            raise AccessError(
                self.env._("Approvals are given in Odoo only: Agent Guard / Approvals.")
            )

    @api.model
    def _check_binding(self, arguments_digest, recipients):
        if arguments_digest or recipients is not None:
            return
        if not self._agent_guard_flag(UNBOUND):
            raise UserError(
                self.env._(
                    "Nothing is bound to this token: no request waits for this call. "
                    "Let the agent make the call first and approve what is refused, or "
                    "pass arguments_digest or recipients."
                )
            )


class IrHttp(models.AbstractModel):
    # a concern of its own, apart from what ir_http.py lets in
    _inherit = "ir.http"  # pylint: disable=consider-merging-classes-inherited

    @classmethod
    def _handle_error(cls, exception):
        state = peek_request()
        if (
            state is None
            or not state.is_agent
            or not state.refused
            or not isinstance(exception, UserError)
            or not str(exception).startswith(MARKER)
        ):
            return super()._handle_error(exception)
        said = exception.args
        cls._agent_guard_file(exception, state)
        response = super()._handle_error(exception)
        # what is logged is told without the claim
        exception.args = said
        return response

    @classmethod
    def _agent_guard_file(cls, exception, state):
        """Keep what was refused, once all else of the call has been undone."""
        env = served.env
        state.closed = True
        detach(env)
        if state.stopped:
            return
        why = ""
        try:
            state.arguments = env["strictbase.agent.guard"]._arguments()
            env.cr.rollback()
            with cls._agent_guard_as_root(env) as root:
                confirmations = root["strictbase.agent.confirmation"]
                row, why = confirmations._file(state)
                if row:
                    state.request = row.request_uuid
                    state.claim = confirmations._claim(row.request_uuid, state.actor)
                    exception.context = {
                        "agent_confirmation": {
                            "request": state.request,
                            "claim": state.claim,
                            "state": TOLD.get(row.state, row.state),
                            "expires_at": fields.Datetime.to_string(row.expires_at),
                            "arguments_digest": row.arguments_digest or "",
                        }
                    }
        except Exception:  # noqa: BLE001
            # it stays refused; only nobody is asked
            _logger.exception("A refused call of an agent could not be kept")
            why = "the request could not be kept; ask an administrator"
        state.unkept = why
        exception.args = state.error().args
        if state.request and state.differs:
            exception.context["agent_confirmation"]["differs"] = state.differs

    @classmethod
    @contextmanager
    def _agent_guard_as_root(cls, env):
        """Not the agent's work any more, so that none of it is judged as such."""
        with _writing(env) as cr:
            root = api.Environment(cr, SUPERUSER_ID, {})
            transaction, default = root.transaction, root.transaction.default_env
            transaction.default_env = served.env = root
            try:
                yield root
            finally:
                transaction.default_env = default
                served.env = env


@contextmanager
def _writing(env):
    """The request's own cursor, rolled back; another one if it only reads."""
    if not env.cr.readonly:
        yield env.cr
        return
    with env.registry.cursor() as cr:
        yield cr
