# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.res_users import AGENT


class StrictbaseAgentKey(models.TransientModel):
    """Agents cannot sign in to make a key, so an administrator makes it."""

    _name = "strictbase.agent.key"
    _description = "API Key for an Agent"

    user_id = fields.Many2one(
        "res.users",
        "Agent",
        required=True,
        domain=lambda self: [("all_group_ids", "in", self.env.ref(AGENT).ids)],
    )
    name = fields.Char("Description", required=True, default="Agent")
    days = fields.Integer("Valid for (days)", required=True, default=90)

    @api.model
    def make_key(self, user_id, name="Agent", days=90):
        """Make a key for an agent and return it; only for administrators."""
        self.check_access("create")
        agent = self.env["res.users"].browse(user_id)
        if agent.id not in agent._agent_guard_uids():
            raise UserError(self.env._("Keys are made here for agents only."))
        keys = self.env(user=agent.id)["res.users.apikeys"].sudo()
        return keys._generate("rpc", name, self._end(days))

    @api.model
    def _end(self, days):
        return fields.Datetime.now() + timedelta(days=max(1, days))

    def action_make_key(self):
        self.ensure_one()
        key = self.make_key(self.user_id.id, self.name, self.days)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("The key of %s", self.user_id.name),
            "res_model": "strictbase.agent.key.show",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_key": key,
                "default_agent": self.user_id.name,
                "default_login": self.user_id.login,
                "default_name": self.name,
                "default_expires_at": fields.Datetime.to_string(self._end(self.days)),
            },
        }


class StrictbaseAgentKeyShow(models.AbstractModel):
    """Shows a key once; it has no table, so that the key is stored nowhere."""

    _name = "strictbase.agent.key.show"
    _description = "API Key of an Agent, Shown Once"

    # the column of an abstract model is never read
    id = fields.Id()
    key = fields.Char(readonly=True)
    agent = fields.Char(readonly=True)
    login = fields.Char(readonly=True)
    name = fields.Char("Description", readonly=True)
    expires_at = fields.Datetime("Ends", readonly=True)

    def web_save(self, *args, **kwargs):
        """The web client saves what is open when its page is left."""
        return []
