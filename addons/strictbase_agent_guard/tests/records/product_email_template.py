# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
from .registry import makes


@makes("product.template")
def make_product_template(case):
    if "email_template_id" in case.env["product.template"]._fields:
        product = case.env["product.product"].create(
            {"name": "Licence", "email_template_id": case.at["template_invoice"]}
        )
        case.at["product_mails"] = product.id
