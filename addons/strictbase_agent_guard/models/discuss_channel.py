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
            Rule(fields=SHOWN, given=True, items="_agent_guard_shown"),
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
        """Guests, clients and visitors in a conversation; colleagues are free.

        Whoever is in a conversation reads those below it.
        """
        self.ensure_one()
        guard = self.env["strictbase.agent.guard"]
        channels = self.sudo()
        channels |= channels.parent_channel_id
        for channel in channels:
            if channel.channel_type == "livechat" or channel._agent_guard_is_open():
                return [{"name": channel.display_name or "visitors", "address": ""}]
        members = channels.channel_member_ids
        odoobot = self.env.ref("base.partner_root")
        partners = guard._outside_partners(members.partner_id - odoobot)
        guests = [{"name": guest.name, "address": ""} for guest in members.guest_id]
        return guard._as_recipients(partners) + guests

    def _agent_guard_is_open(self):
        """Whether anybody of a group that people outside have can join."""
        if self.channel_type != "channel":
            return False
        guard = self.env["strictbase.agent.guard"]
        group = self.group_public_id
        return not group or guard._group_is_outside(group)
