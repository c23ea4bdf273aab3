# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class DiscussChannelMember(models.Model):
    _inherit = "discuss.channel.member"

    @api.model_create_multi
    def create(self, vals_list):
        members = super().create(vals_list)
        members._agent_guard_check_invited()
        return members

    def _agent_guard_check_invited(self):
        """Inviting somebody from outside shows them the conversation."""
        guard = self.env["strictbase.agent.guard"]
        if guard._actor() is None:
            return
        items = []
        odoobot = self.env.ref("base.partner_root")
        for member in self.sudo():
            partners = guard._outside_partners(member.partner_id - odoobot)
            recipients = guard._as_recipients(partners)
            recipients += [{"name": g.name, "address": ""} for g in member.guest_id]
            if recipients:
                items.append(
                    guard._new_egress(
                        "chat", recipients, member.channel_id, note="invited"
                    )
                )
        guard._egress(items)
