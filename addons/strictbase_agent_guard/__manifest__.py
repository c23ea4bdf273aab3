# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
{
    "name": "StrictBase: Agent Outbound Guard",
    "summary": "An agent works freely inside; nothing reaches a client unapproved",
    "version": "19.0.3.0.0",
    "category": "Technical",
    "author": "odoo-agent contributors",
    "license": "LGPL-3",
    "development_status": "Beta",
    "depends": ["mail"],
    "data": [
        "security/strictbase_agent_guard_security.xml",
        "security/ir.model.access.csv",
        "security/ir_rule.xml",
        "data/ir_config_parameter.xml",
        "views/strictbase_agent_confirmation_views.xml",
        "views/token_views.xml",
        "views/strictbase_agent_egress_views.xml",
        "wizards/agent_key_views.xml",
        "views/menu.xml",
    ],
    "assets": {
        "web.assets_backend": ["strictbase_agent_guard/static/src/**/*"],
    },
}
