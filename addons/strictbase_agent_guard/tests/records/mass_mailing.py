# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
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
