# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What is held, shown and decided like a request: the same page, the same rights."""

from odoo import api, fields, models

from ..tools.manifest import visible
from ..tools.preview import preview


class StrictbaseAgentHeld(models.Model):
    _inherit = "strictbase.agent.held"

    # what waits, as the manifest has it
    line = fields.Json(readonly=True, groups="base.group_system")
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    document = fields.Reference(
        selection="_select_models", compute="_compute_document", string="About"
    )
    document_name = fields.Char("About, Name", compute="_compute_document")

    @api.model
    def _select_models(self):
        return self.env["strictbase.agent.confirmation"]._select_models()

    @api.model
    def _hold(self, item, *args, **kwargs):
        held = super()._hold(item, *args, **kwargs)
        if not held.line:
            self.env["strictbase.agent.guard"]._describe([item], None)
            held.line = item.line
        return held

    @api.depends("line", "model", "res_id")
    @api.depends_context("uid")
    def _compute_preview(self):
        may_read = self.env["strictbase.agent.confirmation"]._may_read
        for held in self:
            line = held.sudo().line
            if not line:
                held.preview = False
                continue
            of = (line["model"], line["res_id"])
            hidden = set() if may_read(held.model, held.res_id) else {of}
            held.preview = preview([line], hidden, self.env._)

    @api.depends("model", "res_id")
    @api.depends_context("uid")
    def _compute_document(self):
        """The record by its name, for those who may read it."""
        for held in self:
            held.document = held.document_name = False
            if held.model not in self.env or not held.res_id:
                continue
            record = self.env[held.model].browse(held.res_id).exists()
            if record and record.has_access("read"):
                held.document = f"{record._name},{record.id}"
                held.document_name = visible(record.sudo().display_name)

    def _check_decision(self):
        confirmations = self.env["strictbase.agent.confirmation"]
        confirmations._check_interactive()
        for held in self.sudo():
            confirmations._check_readable(held.model, held.res_id)
        return super()._check_decision()
