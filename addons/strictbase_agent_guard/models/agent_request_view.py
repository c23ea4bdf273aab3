# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A request as a person sees it: what would be sent, to whom, about what.

Shown is what the guard has resolved, never what the agent says about it. It is made
here from the manifest; nothing is decided here.
"""

from markupsafe import Markup

from odoo import api, fields, models

from ..tools.manifest import differences, visible
from ..tools.preview import as_text, preview


class StrictbaseAgentConfirmation(models.Model):
    _inherit = "strictbase.agent.confirmation"

    status = fields.Selection(
        [
            ("pending", "Waiting"),
            ("approved", "Approved"),
            ("reserved", "Being Sent"),
            ("done", "Sent"),
            ("uncertain", "Uncertain"),
            ("rejected", "Rejected"),
            ("expired", "Expired"),
            ("revoked", "Revoked"),
        ],
        compute="_compute_status",
        search="_search_status",
        help="The state, and whether the time has run out",
    )
    document = fields.Reference(
        selection="_select_models", compute="_compute_document", string="About"
    )
    document_name = fields.Char(compute="_compute_document")
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    changes = fields.Text("Since Then", compute="_compute_changes")
    what = fields.Char(compute="_compute_what")

    @api.depends("state", "expires_at")
    def _compute_status(self):
        for row in self:
            row.status = row._state_now()

    def _search_status(self, operator, value):
        if operator != "in":
            return NotImplemented
        ended = fields.Domain("state", "in", ["approved", "pending"]) & fields.Domain(
            "expires_at", "<=", fields.Datetime.now()
        )
        found = fields.Domain.FALSE
        for state in value:
            if state == "expired":
                found |= ended | fields.Domain("state", "=", state)
            elif state:
                found |= fields.Domain("state", "=", state) & ~ended
        return found

    @api.model
    def _select_models(self):
        return [(m.model, m.name) for m in self.env["ir.model"].sudo().search([])]

    @api.depends("document_model", "document_id")
    @api.depends_context("uid")
    def _compute_document(self):
        """The record by its name, for those who may read it."""
        for row in self:
            row.document = row.document_name = False
            if row.document_model not in self.env or not row.document_id:
                continue
            record = self.env[row.document_model].browse(row.document_id).exists()
            if record and record.has_access("read"):
                row.document = f"{record._name},{record.id}"
                row.document_name = visible(record.sudo().display_name)

    @api.depends("requested_model", "requested_method", "subject", "summary")
    def _compute_what(self):
        for row in self:
            name = self.env["ir.model"].sudo()._get(row.requested_model or "").name
            called = f"{name or row.requested_model}: {row.requested_method}"
            row.what = row.subject or row.summary or called

    @api.depends("asked_manifest")
    @api.depends_context("uid")
    def _compute_preview(self):
        for row in self:
            row.preview = row._previews()

    def _previews(self):
        """Each of these requests, one below the other."""
        shown = []
        for row in self:
            lines = row._lines()
            documents = {(line["model"], line["res_id"]) for line in lines}
            hidden = {of for of in documents if not self._may_read(*of)}
            if len(self) > 1:
                shown.append(Markup("<h3>%s</h3>") % visible(row.what))
            shown.append(preview(lines, hidden, self.env._))
        return Markup("").join(shown)

    @api.model
    def _may_read(self, model, res_id):
        if model not in self.env or not res_id:
            return True
        record = self.env[model].browse(res_id)
        return not record.sudo().exists() or record.has_access("read")

    @api.depends("earlier_id", "asked_manifest")
    def _compute_changes(self):
        for row in self:
            earlier = row.sudo().earlier_id
            found = differences(earlier._lines(), row._lines()) if earlier else []
            row.changes = "\n".join(found) or False

    @api.depends("summary", "requested_model", "requested_method")
    def _compute_display_name(self):
        for row in self:
            row.display_name = row.summary or row.what

    def action_open_document(self):
        self.ensure_one()
        if not self.document:
            return False
        return self.document.get_formview_action()

    def action_decide(self):
        """Look at these together, and say yes or no to all."""
        decision = self.env["strictbase.agent.decision"].create(
            {"request_ids": [(6, 0, self.ids)]}
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Decide"),
            "res_model": decision._name,
            "res_id": decision.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_open_earlier(self):
        self.ensure_one()
        return self.earlier_id.get_formview_action()

    def _manifest_as_text(self, seen=dict):
        """For a program that shows it to an approver at a terminal, or to its agent,
        who sees less of the lines."""
        self.ensure_one()
        row = self.sudo()
        return {
            "request": row.request_uuid,
            "state": row._state_now(),
            "agent": {
                "id": row.agent_user_id.id,
                "name": visible(row.agent_user_id.name),
            },
            "agent_channel": visible(row.agent_channel),
            "call": {
                "model": row.requested_model,
                "method": row.requested_method,
                "ids": list(self._entry("", "", _ids(row.requested_ids_json)).ids),
            },
            "created_at": fields.Datetime.to_string(row.create_date),
            "expires_at": fields.Datetime.to_string(row.expires_at),
            "digest": row.asked_digest,
            "arguments_digest": row.arguments_digest or "",
            "items": [as_text(seen(line)) for line in row._lines()],
        }


def _ids(text):
    return [int(i) for i in text.strip("[]").split(",") if i]
