# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from codecs import BOM_UTF16_BE, BOM_UTF16_LE

from odoo import models

from ..tools.rules import Rule

#: Bytes of a file that is read for words.
MAX_TEXT = 5_000_000
CONTENT = frozenset({"datas", "db_datas", "raw", "store_fname", "url"})


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def _agent_guard_rules(self):
        return [
            *super()._agent_guard_rules(),
            Rule(fields=CONTENT, items="_agent_guard_carried"),
        ]

    def _agent_guard_carried(self):
        """Changing a file changes the messages that show it or will carry it."""
        carry = [("attachment_ids", "in", self.ids)]
        messages = self.env["mail.message"].search(carry)
        scheduled = self.env["mail.scheduled.message"].search(carry)
        return [
            *messages._agent_guard_published(),
            *messages._agent_guard_queued(),
            *scheduled._agent_guard_scheduled(),
        ]

    def _agent_guard_wholes(self):
        """A file is part of the record that it belongs to."""
        wholes = super()._agent_guard_wholes()
        if self.res_model and self.res_id and self.res_model in self.env:
            wholes.append((self.res_model, self.res_id, self._name))
        return wholes

    def _agent_guard_plain_text(self):
        """What a file of text says, "" if it is none: whatever it is called."""
        self.ensure_one()
        if self.type != "binary" or self.file_size > MAX_TEXT:
            return ""
        data = self.raw or b""
        coding = "utf-16" if data[:2] in (BOM_UTF16_BE, BOM_UTF16_LE) else "utf-8-sig"
        try:
            text = data.decode(coding)
        except UnicodeDecodeError:
            text = "" if b"\0" in data else data.decode("cp1252", "replace")
        return "" if "\0" in text else text
