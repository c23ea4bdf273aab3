# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a token can be issued for, and how it is taken back."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.service.model import get_public_method
from odoo.tools import SQL


class StrictbaseAgentConfirmation(models.Model):
    # a concern of its own
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "strictbase.agent.confirmation"

    state = fields.Selection(
        selection_add=[("revoked", "Revoked")], ondelete={"revoked": "cascade"}
    )

    # ------------------------------------------------------------------
    # Issue
    # ------------------------------------------------------------------
    @api.model
    def _check_call(self, model_name, method_name, record_ids):
        """A token is for a call that can be made, on what its approver may read."""
        if not isinstance(model_name, str) or model_name not in self.env:
            raise UserError(
                self.env._("There is no model %(name)s.", name=str(model_name)[:80])
            )
        model = self.env[model_name]
        try:
            get_public_method(model, str(method_name))
        except (AccessError, AttributeError) as exc:
            raise UserError(
                self.env._(
                    "%(model)s has no method %(method)s that can be called from "
                    "outside.",
                    model=model_name,
                    method=str(method_name)[:80],
                )
            ) from exc
        ids = record_ids if isinstance(record_ids, list | tuple) else [record_ids]
        if record_ids is None or record_ids is False:
            ids = []
        if any(type(i) is not int or i <= 0 for i in ids):
            raise UserError(
                self.env._("The records of a token are named by their ids, integers.")
            )
        if model._abstract:
            return
        records = model.browse(ids)
        missing = records - records.sudo().exists()
        if missing:
            raise UserError(
                self.env._(
                    "%(model)s %(ids)s: there is no such record.",
                    model=model_name,
                    ids=missing.ids[:20],
                )
            )
        for document in self._documents_of(records):
            if not document.has_access("read"):
                raise AccessError(
                    self.env._(
                        "You may not read %(model)s %(ids)s, so you cannot approve "
                        "what is done with it.",
                        model=document._name,
                        ids=document.ids[:20],
                    )
                )

    @api.model
    def _documents_of(self, records):
        """What has to be readable: the records, or what a wizard's are about."""
        if not records._transient:
            return [records]
        found = []
        for wizard in records.sudo():
            name = ids = None
            for model_field in ("model", "res_model"):
                if isinstance(wizard._fields.get(model_field), fields.Char):
                    name = name or wizard[model_field]
            if hasattr(wizard, "_evaluate_res_ids"):
                ids = wizard._evaluate_res_ids()
            elif "res_id" in wizard._fields:
                ids = [wizard.res_id] if isinstance(wizard.res_id, int) else []
            if name in self.env and ids:
                found.append(self.env[name].browse(ids))
        return found

    # ------------------------------------------------------------------
    # Revoke
    # ------------------------------------------------------------------
    @api.model
    def revoke_token(self, token):
        """Take back a token that has not been used; for whoever holds it."""
        self._check_approver()
        row = self.sudo().search([("token_digest", "=", self._digest(token))], limit=1)
        if not row:
            raise UserError(self.env._("There is no such token."))
        return self.browse(row.id).action_revoke()

    def action_revoke(self):
        """Take back what has been approved and not yet used."""
        self._check_approver()
        self.check_access("read")
        requests = self.filtered("request_uuid")
        if requests:
            super(StrictbaseAgentConfirmation, requests).action_revoke()
        for confirmation in self - requests:
            # one statement, committed by itself: a call that has it keeps it
            taken_back = self._autonomously(
                SQL(
                    """
                    UPDATE strictbase_agent_confirmation
                       SET state = 'revoked',
                           used_at = clock_timestamp() AT TIME ZONE 'UTC'
                     WHERE id = %s AND state IN ('approved', 'pending')
                 RETURNING id
                    """,
                    confirmation.id,
                )
            )
            if not taken_back:
                raise UserError(
                    self.env._(
                        "It cannot be taken back: it has been used, is in use or was "
                        "revoked before."
                    )
                )
        self.invalidate_recordset()
        return True

    @api.model
    def _fault_of_token(self, state, digest):
        fault = super()._fault_of_token(state, digest)
        if fault != "already used":
            return fault
        row = self._autonomously(
            SQL(
                "SELECT state FROM strictbase_agent_confirmation "
                "WHERE token_digest = %s",
                digest,
            )
        )
        return "revoked" if row and row[0] == "revoked" else fault
