# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
from ..common_wire import PDF
from .registry import makes


@makes("snailmail.letter")
def make_snailmail_letter(case):
    if "invoice" not in case.at:
        return
    file = case.env["ir.attachment"].create(
        {
            "name": "letter.pdf",
            "raw": PDF,
            "res_model": "account.move",
            "res_id": case.at["invoice"],
        }
    )
    letter = case.env["snailmail.letter"].create(
        {
            "partner_id": case.client.id,
            "model": "account.move",
            "res_id": case.at["invoice"],
            "company_id": case.at["company"],
            "attachment_id": file.id,
        }
    )
    case.at["letter_file"] = file.id
    case.given["letter"] = (
        "UPDATE snailmail_letter SET state = 'pending' WHERE id = %s",
        letter.id,
    )
