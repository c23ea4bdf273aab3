# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
from odoo import Command

from .registry import makes


@makes("mailing.mailing")
def make_mailing_mailing(case):
    mailings = case.env["mailing.mailing"].create(
        [
            {
                "subject": "News",
                "body_html": "<p>News</p>",
                "mailing_model_id": case.at["model_partner"],
                "mailing_domain": f"[('id', '=', {case.client.id})]",
                "user_id": case.users["colleague"].id,
                **values,
            }
            for values in (
                {},
                {"mailing_domain": "[('id', '=', 0)]"},
                {},
            )
        ]
    )
    case.at.update(
        mailing=mailings[0].id,
        mailing_queued=mailings[1].id,
        mailing_queued_client=mailings[2].id,
    )
    for name, mailing in (("mailing", mailings[1]), ("news", mailings[2])):
        case.given[name] = (
            "UPDATE mailing_mailing SET state = 'in_queue' WHERE id = %s",
            mailing.id,
        )
    _make_carried(case)


def _make_carried(case):
    """Mailings that wait, and what an agent could bring under them."""
    env = case.env
    newsletter = env["mailing.list"].create({"name": "Newsletter"})
    contact, blocked = env["mailing.contact"].create(
        [
            {"name": "Off the list", "email": "off@outside.example"},
            {"name": "Blocked", "email": "blocked@outside.example"},
        ]
    )
    entry = env["mail.blacklist"]._add(blocked.email)
    model = env["ir.model"]._get_id("mailing.contact")
    kinds = {
        "named": {
            "mailing_model_id": case.at["model_partner"],
            "mailing_domain": "[('name', '=', 'Falls under it')]",
        },
        "coloured": {
            "mailing_model_id": case.at["model_partner"],
            "mailing_domain": "[('color', '=', 207)]",
        },
        "listed": {
            "mailing_model_id": env["ir.model"]._get_id("mailing.list"),
            "contact_list_ids": [Command.set(newsletter.ids)],
        },
        "blocked": {
            "mailing_model_id": model,
            "mailing_domain": f"[('id', '=', {blocked.id})]",
        },
    }
    if "crm.lead" in env:
        category = env["res.partner.category"].create({"name": "Gold"})
        lead = env["crm.lead"].create(
            {"name": "Gold", "partner_id": case.client.id, "user_id": False}
        )
        kinds["category"] = {
            "mailing_model_id": env["ir.model"]._get_id("crm.lead"),
            "mailing_domain": f"[('id', '=', {lead.id}), "
            f"('partner_id.category_id', '=', {category.id})]",
        }
        case.at["category"] = category.id
    for name, values in kinds.items():
        mailing = env["mailing.mailing"].create(
            {
                "subject": "News",
                "body_html": "<p>News</p>",
                "user_id": case.users["colleague"].id,
                **values,
            }
        )
        case.given[name] = (
            "UPDATE mailing_mailing SET state = 'in_queue' WHERE id = %s",
            mailing.id,
        )
    case.at.update(
        mailing_list=newsletter.id,
        mailing_contact=contact.id,
        blacklisted=entry.id,
    )


@makes("mailing.sms.test")
def make_mailing_sms_test(case):
    mailing = case.env["mailing.mailing"].create(
        {
            "subject": "Text",
            "mailing_type": "sms",
            "body_plaintext": "Hello",
            "mailing_model_id": case.at["model_partner"],
            "mailing_domain": f"[('id', '=', {case.client.id})]",
            "user_id": case.users["colleague"].id,
        }
    )
    case.at["mailing_sms"] = mailing.id
