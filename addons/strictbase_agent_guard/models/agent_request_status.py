# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What programs are told of requests, and for which of them a token is minted.

An agent learns of its own requests alone, an approver's program of those about what
that person may read. Nothing is decided or sent here.
"""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..tools.manifest import key_of, told_line
from .parameters import ODOO_ONLY, UNBOUND

#: As the agent is told it.
TOLD = {"reserved": "approved", "uncertain": "done"}
WITHDRAWN = "withdrawn by the agent"


class StrictbaseAgentConfirmation(models.Model):
    # a concern of its own
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "strictbase.agent.confirmation"

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
                for line in map(told_line, row.manifest or [])
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
    def reject_request(self, request_uuid, reason):
        """An approver's no, by key as at the button; the agent is told why."""
        self._check_approver()
        row = self.sudo().search([("request_uuid", "=", str(request_uuid))], limit=1)
        if not row:
            raise UserError(self.env._("There is no such request."))
        if not isinstance(reason, str) or not reason.strip():
            raise UserError(self.env._("Say why not: the agent is told."))
        row.with_env(self.env)._reject(reason)
        return True

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
        return row._manifest_as_text(told_line)

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
    def _to_mint(self, entry, agent, request_uuid, arguments_digest, recipients=None):
        """The one pending request that a token is for, if there is one: none that
        would reach anybody but ``recipients``, where these are named."""
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
        if recipients is not None:
            named = self._named_recipients(recipients)
            meant = rows.filtered(lambda row: row._reached() <= named)
            if request_uuid and not meant:
                raise UserError(
                    self.env._(
                        "This request would also reach %(others)s. Approve it as it "
                        "is, without naming recipients, or reject it.",
                        others=", ".join(sorted(rows._reached() - named)).replace(
                            "\0", ""
                        ),
                    )
                )
            rows = meant
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
    def _named_recipients(self, recipients):
        return {str(recipient).strip().lower() for recipient in recipients}

    def _reached(self):
        """What those are known by whom this request would send something to."""
        return {
            key_of(recipient)
            for line in self.asked_manifest or []
            for recipient in line["recipients"]
        }

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
