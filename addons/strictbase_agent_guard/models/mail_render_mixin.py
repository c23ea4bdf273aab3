# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from contextvars import ContextVar

from odoo import models

#: Fields of these types hold nothing that is rendered.
PLAIN = {"boolean", "date", "datetime", "float", "integer", "many2many", "many2one"}

#: True while values are stored that no placeholder is in.
_plain = ContextVar("strictbase_agent_guard_plain", default=False)


class MailRenderMixin(models.AbstractModel):
    _inherit = "mail.render.mixin"

    def write(self, vals):
        """Agents edit no placeholders, but the rest of what has some."""
        if not self._unrestricted_rendering or not self._agent_guard_asks():
            return super().write(vals)
        fields = [self._fields[name] for name in vals if name in self._fields]
        plain = all(
            field.type in PLAIN and field.comodel_name != "ir.model" for field in fields
        )
        token = _plain.set(plain)
        try:
            return super().write(vals)
        finally:
            _plain.reset(token)

    def _check_access_right_dynamic_template(self):
        if _plain.get():
            return None
        return super()._check_access_right_dynamic_template()
