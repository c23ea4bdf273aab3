# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import agent_guard
from . import agent_confirmation
from . import agent_egress
from . import base
from . import discuss_channel
from . import discuss_channel_member
from . import ir_actions_server
from . import ir_http
from . import ir_mail_server
from . import ir_model_access
from . import mail_mail
from . import mail_message
from . import mail_scheduled_message
from . import mail_thread
from . import res_groups
from . import res_partner
from . import res_users
