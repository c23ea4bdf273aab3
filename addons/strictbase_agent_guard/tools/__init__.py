# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import call_state
from . import tokens
from . import wire
