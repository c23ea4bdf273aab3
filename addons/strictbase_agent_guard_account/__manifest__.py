# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
{
    "name": "StrictBase: Agent Outbound Guard, Invoices",
    "summary": "Invoices leave by any channel only when approved",
    "version": "19.0.3.0.0",
    "category": "Technical",
    "author": "odoo-agent contributors",
    "license": "LGPL-3",
    "development_status": "Beta",
    "depends": ["strictbase_agent_guard", "account"],
    "auto_install": True,
}
