# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import SUPERUSER_ID, api

READY = {"installed", "to install", "to upgrade"}


def migrate(cr, version):
    """Install the companions, which did not exist when their modules came.

    An update installs no module by itself, not even one that is due; and without
    them less would be guarded than the published module did.
    """
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    companions = env["ir.module.module"].search(
        [
            ("name", "=like", "strictbase\\_agent\\_guard\\_%"),
            ("state", "=", "uninstalled"),
            ("auto_install", "=", True),
        ]
    )
    companions.filtered(
        lambda module: all(needed.state in READY for needed in module.dependencies_id)
    ).button_install()
