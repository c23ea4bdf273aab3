# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
{
    "name": "StrictBase: Agent Outbound Guard, Mailings",
    "summary": "Mailings leave only when approved",
    "version": "19.0.3.0.0",
    "category": "Technical",
    "author": "odoo-agent contributors",
    "license": "LGPL-3",
    "development_status": "Beta",
    "depends": ["strictbase_agent_guard", "mass_mailing"],
    "auto_install": True,
}
