# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
"""The roads of this application, in the terms of the guard's own tests."""

from odoo.addons.strictbase_agent_guard.tests.road import (
    road,
    write,
)

ROADS = [
    road("armed", "payment declared pending, quotation sent to the client",
         write("payment.transaction", "@transaction", state="pending",
               last_state_change="@now", is_post_processed=False),
         needs=("sale.order", "payment.transaction"),
         queues=("payment.cron_post_process_payment_tx",
                 "sale.send_pending_emails_cron")),
]
