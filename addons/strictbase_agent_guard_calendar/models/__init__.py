# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import calendar_alarm
from . import calendar_attendee
from . import calendar_event
