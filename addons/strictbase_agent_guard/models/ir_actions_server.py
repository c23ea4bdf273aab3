# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from urllib.parse import urlsplit

from odoo import models
from odoo.exceptions import AccessError

from ..tools.acts import job
from ..tools.call_state import peek


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    def run(self):
        """An agent may cause an automation; it may not start one of its choice."""
        guard = self.env["strictbase.agent.guard"]
        if guard._actor() is not None:
            state = peek(self.env)
            if state is not None and state.is_agent and not state.entry.model:
                raise AccessError(self.env._("Agents cannot run server actions."))
        if any(action.usage == "ir_cron" for action in self.sudo()):
            with job():
                return super().run()
        return super().run()

    def _run_action_webhook(self, eval_context=None):
        """The request itself is made after the commit: too late to refuse it."""
        guard = self.env["strictbase.agent.guard"]
        if guard._actor() is not None:
            host = urlsplit(self.sudo().webhook_url or "").hostname or ""
            record = guard._document(
                self.sudo().model_id.model, self.env.context.get("active_id")
            )
            item = guard._new_egress(
                "webhook",
                [{"name": host, "address": host}],
                record,
                note=self.sudo().name or "",
            )
            if not guard._egress([item]):
                return None
        return super()._run_action_webhook(eval_context=eval_context)
