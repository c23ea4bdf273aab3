"""Loaded by live.sh beside Odoo: no test that it runs opens a page in a browser, so
the bundles of assets of all modules need not be made before the first one.
"""

from odoo.tests.suite import OdooSuite

OdooSuite.has_http_case = lambda suite: False
