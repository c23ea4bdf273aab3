# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import ir_attachment
from . import snailmail_letter
