# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
from .registry import makes


@makes("crm.lead")
def make_crm_lead(case):
    lead = case.env["crm.lead"].create(
        {
            "name": "Lead",
            "type": "opportunity",
            "partner_id": case.client.id,
            "user_id": False,
        }
    )
    lead.message_subscribe(partner_ids=case.client.ids)
    quiet = case.env["crm.lead"].create({"name": "Quiet lead", "user_id": False})
    quiet.message_subscribe(partner_ids=[case.at["colleague_partner"]])
    case.at.update(lead=lead.id, lead_quiet=quiet.id)
