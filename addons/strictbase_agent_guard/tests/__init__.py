from . import test_roads
