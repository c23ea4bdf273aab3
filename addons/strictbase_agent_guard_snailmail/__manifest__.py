# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
{
    "name": "StrictBase: Agent Outbound Guard, Letters",
    "summary": "Letters leave only when approved",
    "version": "19.0.3.0.0",
    "category": "Technical",
    "author": "odoo-agent contributors",
    "license": "LGPL-3",
    "development_status": "Beta",
    "depends": ["strictbase_agent_guard", "snailmail"],
    "data": ["views/snailmail_letter_views.xml"],
    "auto_install": True,
}
