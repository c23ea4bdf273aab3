from . import test_roads
from . import test_confirmation
