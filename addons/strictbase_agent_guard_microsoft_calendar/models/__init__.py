# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import calendar_event
from . import microsoft_calendar_sync
from . import res_users
