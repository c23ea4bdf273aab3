# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
{
    "name": "StrictBase: Agent Outbound Guard, Payments",
    "summary": "What a payment sets going is approved before",
    "version": "19.0.3.0.0",
    "category": "Technical",
    "author": "odoo-agent contributors",
    "license": "LGPL-3",
    "development_status": "Beta",
    "depends": ["strictbase_agent_guard", "payment"],
    "auto_install": True,
}
