# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import test_approval
from . import test_audit
from . import test_code
from . import test_confirmation
from . import test_doors
from . import test_headers
from . import test_interface
from . import test_internal_actions
from . import test_origin
from . import test_published
from . import test_readers
from . import test_recipients
from . import test_roads
from . import test_roles
from . import test_secret_search
from . import test_token_rules
from . import test_client_secrets
