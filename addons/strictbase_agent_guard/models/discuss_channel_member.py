# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from ..tools.rules import NEVER, Rule


class DiscussChannelMember(models.Model):
    _inherit = "discuss.channel.member"

    def _agent_guard_rules(self):
        return [
            *super()._agent_guard_rules(),
            Rule(fields=NEVER, created=True, items="_agent_guard_invited"),
        ]

    def _agent_guard_invited(self):
        """Inviting somebody from outside shows them the conversation."""
        guard = self.env["strictbase.agent.guard"]
        items = []
        odoobot = self.env.ref("base.partner_root")
        for member in self:
            partners = guard._outside_partners(member.partner_id - odoobot)
            recipients = guard._as_recipients(partners)
            recipients += [{"name": g.name, "address": ""} for g in member.guest_id]
            if recipients:
                items.append(
                    guard._new_egress(
                        "chat", recipients, member.channel_id, note="invited"
                    )
                )
        return items
