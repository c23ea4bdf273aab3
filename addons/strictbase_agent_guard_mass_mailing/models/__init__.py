# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import mail_mail
from . import mailing_mailing
from . import utm_campaign
