# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A refused call as a request: it waits in Odoo until a person has decided.

The request is filed after the call's own transaction was rolled back, and holds the
manifest of everything that the call would have sent. Its claim, which the agent gets
with the refusal, is worth something only once the request is approved, only with that
agent's key, and only for a call that would send the same. What a call would send is
told by ``agent_guard``; using an approval up is ``agent_confirmation``'s.
"""

import base64
import uuid
from contextlib import contextmanager

from odoo import api, fields, models
from odoo.tools import SQL, hmac

from ..tools.manifest import digest_of, lines_of, told, visible
from .parameters import MAX_PENDING, REQUEST_DAYS

OPEN = ("pending", "approved")


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
            pending = [
                *mine,
                ("state", "=", "pending"),
                ("expires_at", ">", now),
                ("held_id", "=", False),
            ]
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
                for r in told(li["recipients"])
            )
        )
        channels = ", ".join(sorted({line["channel"] for line in lines}))
        subject = next(
            (
                visible(li["subject"])
                for li in lines
                if li["subject"] and not li.get("untold")
            ),
            "",
        )
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
