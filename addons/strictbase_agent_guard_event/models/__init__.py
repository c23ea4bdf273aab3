# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import event_event
from . import event_mail
from . import event_registration
from . import event_type_mail
