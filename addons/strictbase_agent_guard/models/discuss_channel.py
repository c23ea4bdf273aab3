# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from ..tools.rules import Rule

#: What members see of a conversation beside its messages, and who may be one.
SHOWN = frozenset(
    {
        "avatar_128",
        "channel_type",
        "description",
        "group_public_id",
        "image_128",
        "name",
    }
)


class DiscussChannel(models.Model):
    _inherit = "discuss.channel"

    def _agent_guard_rules(self):
        return [
            *super()._agent_guard_rules(),
            Rule(fields=SHOWN, items="_agent_guard_shown"),
        ]

    def _agent_guard_shown(self):
        guard = self.env["strictbase.agent.guard"]
        items = []
        for channel in self:
            readers = channel._agent_guard_readers()
            if readers:
                items.append(
                    guard._new_egress(
                        "chat", readers, channel, subject=channel.display_name or ""
                    )
                )
        return items

    def _agent_guard_readers(self):
        """Guests, clients and visitors in a conversation; colleagues are free."""
        self.ensure_one()
        guard = self.env["strictbase.agent.guard"]
        channel = self.sudo()
        if channel.channel_type == "livechat" or channel._agent_guard_can_read(
            self.env.ref("base.public_user")
        ):
            return [{"name": channel.display_name or "visitors", "address": ""}]
        members = channel.channel_member_ids
        odoobot = self.env.ref("base.partner_root")
        partners = guard._outside_partners(members.partner_id - odoobot)
        guests = [{"name": guest.name, "address": ""} for guest in members.guest_id]
        return guard._as_recipients(partners) + guests
