# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The log as a person reads it: the document by its name, the text for its readers."""

from odoo import api, fields, models

from ..tools.manifest import visible
from ..tools.preview import preview


class StrictbaseAgentEgress(models.Model):
    _inherit = "strictbase.agent.egress"

    # what left, as the manifest has it
    line = fields.Json(readonly=True, groups="base.group_system")
    request_id = fields.Many2one(
        "strictbase.agent.confirmation", "Approval", compute="_compute_request_id"
    )
    recipient_count = fields.Integer(
        "Recipients, Number", compute="_compute_recipient_count", store=True
    )
    document = fields.Reference(
        selection="_select_models", compute="_compute_document", string="About"
    )
    document_name = fields.Char("About, Name", compute="_compute_document")
    text = fields.Html(compute="_compute_text", sanitize=False)

    @api.model
    def _select_models(self):
        return self.env["strictbase.agent.confirmation"]._select_models()

    @api.depends("confirmation_ref")
    def _compute_request_id(self):
        confirmations = self.env["strictbase.agent.confirmation"]
        there = confirmations.browse(self.mapped("confirmation_ref")).exists()
        for row in self:
            row.request_id = there.filtered(
                lambda found, row=row: found.id == row.confirmation_ref
            )

    @api.depends("recipients")
    def _compute_recipient_count(self):
        for row in self:
            row.recipient_count = len(row.recipients or ())

    @api.depends("model", "res_id")
    @api.depends_context("uid")
    def _compute_document(self):
        """The record by its name, for those who may read it."""
        for row in self:
            row.document = row.document_name = False
            if row.model not in self.env or not row.res_id:
                continue
            record = self.env[row.model].browse(row.res_id).exists()
            if record and record.has_access("read"):
                row.document = f"{record._name},{record.id}"
                row.document_name = visible(record.sudo().display_name)

    @api.depends("line", "model", "res_id")
    @api.depends_context("uid")
    def _compute_text(self):
        may_read = self.env["strictbase.agent.confirmation"]._may_read
        for row in self:
            line = row.sudo().line
            if not line:
                row.text = False
                continue
            of = (line["model"], line["res_id"])
            hidden = set() if may_read(row.model, row.res_id) else {of}
            row.text = preview([line], hidden, self.env._)

    @api.depends("subject", "channel", "recipients")
    def _compute_display_name(self):
        for row in self:
            row.display_name = visible(row.subject or "") or (
                f"{row.channel}: {visible(row.recipients_text)}"
            )


class StrictbaseAgentConfirmation(models.Model):
    _inherit = "strictbase.agent.confirmation"

    egress_ids = fields.Many2many(
        "strictbase.agent.egress", string="What Left", compute="_compute_egress_ids"
    )

    def _compute_egress_ids(self):
        log = self.env["strictbase.agent.egress"]
        for row in self:
            row.egress_ids = log.search([("confirmation_ref", "=", row.id)])
