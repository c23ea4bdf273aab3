# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from urllib.parse import urlsplit

from odoo import api, models

#: Nothing listens there; whatever a page asks of another host ends here, its name
#: is not looked up either.
NOWHERE = "http://127.0.0.1:9"


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    @api.model
    def _build_wkhtmltopdf_args(self, *args, **kwargs):
        """A page that an agent has rendered loads nothing from outside.

        The renderer is a process of its own and would follow whatever the texts of a
        record point to. Images and styles of Odoo's own address still load.
        """
        command = super()._build_wkhtmltopdf_args(*args, **kwargs)
        if self.env["strictbase.agent.guard"]._actor() is None:
            return command
        command += ["--proxy", NOWHERE]
        own = urlsplit(self._get_report_url() or "").hostname
        if own:
            command += ["--bypass-proxy-for", own]
        return command

    def _run_wkhtmltoimage(self, bodies, *args, **kwargs):
        """It takes no such options from outside: no images for agents."""
        if self.env["strictbase.agent.guard"]._actor() is None:
            return super()._run_wkhtmltoimage(bodies, *args, **kwargs)
        return [None] * len(bodies)
