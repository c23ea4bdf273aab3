# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models

#: Types that a portal or website page shows, unless the message is internal.
SHOWN = {"comment", "email", "email_outgoing", "auto_comment", "out_of_office"}
VISIBLE_FIELDS = {
    "attachment_ids",
    "body",
    "is_internal",
    "message_type",
    "model",
    "res_id",
    "subject",
    "subtype_id",
}


class MailMessage(models.Model):
    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        messages = super().create(vals_list)
        messages._agent_guard_check_published()
        return messages

    def write(self, vals):
        res = super().write(vals)
        if not VISIBLE_FIELDS.isdisjoint(vals):
            self._agent_guard_check_published()
        return res

    def _agent_guard_check_published(self):
        guard = self.env["strictbase.agent.guard"]
        if guard._actor() is None:
            return
        items = []
        for message in self.sudo():
            item = message._agent_guard_publication()
            if item is not None:
                items.append(item)
        guard._egress(items)

    def _agent_guard_publication(self):
        """The manifest line if people outside can read this message, else None."""
        self.ensure_one()
        if self.message_type not in SHOWN and self.model != "discuss.channel":
            return None
        if self.model != "discuss.channel" and (
            self.is_internal or not self.subtype_id or self.subtype_id.internal
        ):
            return None
        guard = self.env["strictbase.agent.guard"]
        record = guard._document(self.model, self.res_id)
        if not record or not hasattr(record, "_agent_guard_readers"):
            return None
        readers = record._agent_guard_readers()
        if not readers:
            return None
        return guard._new_egress(
            "chat" if record._name == "discuss.channel" else "portal",
            readers,
            record,
            subject=self.subject or "",
            digest=guard._digest_of(
                self.subject, self.body, attachments=self.attachment_ids
            ),
            target=("mail.message", self.id),
        )
