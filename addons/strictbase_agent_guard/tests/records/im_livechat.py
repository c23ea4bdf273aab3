# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
from .registry import makes


@makes("im_livechat.channel")
def make_im_livechat_channel(case):
    operator = case.users["human_wide"]
    livechat = case.env["im_livechat.channel"].create({"name": "Website chat"})
    channel = case.env["discuss.channel"].create(
        {
            "name": "Visitor",
            "channel_type": "livechat",
            "livechat_channel_id": livechat.id,
            "livechat_operator_id": operator.partner_id.id,
        }
    )
    staff = [case.users[name].partner_id.id for name in ("human_wide", "agent_wide")]
    channel._add_members(
        partners=case.env["res.partner"].browse(staff),
        guests=case.env["mail.guest"].browse(case.at["guest"]),
    )
    case.at["livechat"] = channel.id
