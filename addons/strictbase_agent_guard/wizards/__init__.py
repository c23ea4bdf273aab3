# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import agent_decision
from . import agent_key
from . import agent_stop
from . import base_module_uninstall
from . import base_partner_merge
from . import mail_compose_message
