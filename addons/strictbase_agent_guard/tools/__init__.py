# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import acts
from . import client_secrets
from . import manifest
from . import refusal
from . import preview
from . import call_state
from . import rules
from . import wire
from . import words
