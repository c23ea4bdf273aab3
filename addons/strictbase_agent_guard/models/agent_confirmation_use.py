# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How an approval is used up: taken once for a call, and settled when that has ended.

Each step is one statement in a transaction of its own, so that of any number of
parallel calls one gets it. What the approval covers is judged by ``agent_guard``.
"""

import hashlib
import json
import secrets
from contextlib import contextmanager

from odoo import api, models, modules
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ..tools.call_state import Grant
from ..tools.manifest import Approved

ATTEMPTS = 5


class StrictbaseAgentConfirmation(models.Model):
    # a concern of its own
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "strictbase.agent.confirmation"

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
            # a call that sent nothing of it has not used it
            outcome = "done" if manifest or state.left else "approved"
            self._settle(confirmation_id, nonce, outcome, manifest)

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
