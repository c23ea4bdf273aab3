# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from ..tools.who import agents_of

#: Models by which an agent could undo the guard, arm a later sending or change
#: where a message goes. It may read them as far as its groups allow.
CONFIGURATION = {
    "base.automation",
    "fetchmail.server",
    "ir.actions.act_window",
    "ir.actions.client",
    "ir.actions.report",
    "ir.actions.server",
    "ir.config_parameter",
    "ir.cron",
    "ir.cron.trigger",
    "ir.default",
    "ir.mail_server",
    "ir.model",
    "ir.model.access",
    "ir.model.fields",
    "ir.module.module",
    "ir.rule",
    "ir.ui.view",
    "mail.alias",
    "mail.alias.domain",
    "mail.gateway.allowed",
    "mail.mail",
    "mail.message.schedule",
    "mail.message.subtype",
    "mail.push",
    "mail.push.device",
    "mail.template",
    "mail.template.reset",
    "res.company",
    "res.config.settings",
    "res.groups",
    "res.users.apikeys",
    "res.users.apikeys.description",
    "sms.template",
    "strictbase.agent.confirmation",
    "strictbase.agent.egress",
}


class IrModelAccess(models.Model):
    _inherit = "ir.model.access"

    def _get_allowed_models(self, mode="read"):
        allowed = super()._get_allowed_models(mode)
        if mode != "read" and self.env.uid in agents_of(self.env):
            code = self.env["strictbase.agent.guard"]._code_models()
            return allowed - CONFIGURATION - code
        return allowed
