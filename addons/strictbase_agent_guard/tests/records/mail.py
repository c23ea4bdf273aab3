# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
import base64

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from .registry import makes


@makes("mail.push.device")
def make_mail_push_device(case):
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    case.at["push_keys"] = {
        "p256dh": base64.urlsafe_b64encode(point).decode().rstrip("="),
        "auth": base64.urlsafe_b64encode(b"0" * 16).decode().rstrip("="),
    }
    case.env["mail.push.device"].get_web_push_vapid_public_key()
