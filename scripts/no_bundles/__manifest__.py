{
    "name": "No bundles before the tests",
    "author": "odoo-agent contributors",
    "license": "LGPL-3",
    "installable": False,
}
