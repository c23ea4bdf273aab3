# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import account_move
from . import account_move_send
