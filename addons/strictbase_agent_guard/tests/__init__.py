from . import test_internal_actions
from . import test_roads
from . import test_confirmation
from . import test_guard_http
