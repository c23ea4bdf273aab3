# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import email_normalize, plaintext2html

from odoo.addons.strictbase_agent_guard.tools.rules import Rule

#: As many people are named one by one; of the others an approver sees how many.
MAX_NAMED = 2000


class MailingMailing(models.Model):
    _inherit = "mailing.mailing"

    _agent_guard_drafts = True

    agent_guard_looked_at = fields.Datetime("Looked at", readonly=True, copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        person = self.env["strictbase.agent.guard"]._person()
        # given also where nobody has: it is no value of the caller's, nor a default
        looked_at = self.env.cr.now() if person else False
        return super().create(
            [{**vals, "agent_guard_looked_at": looked_at} for vals in vals_list]
        )

    def write(self, vals):
        # a job writes on it, too, before it is sent
        if self.env["strictbase.agent.guard"]._person():
            vals = {**vals, "agent_guard_looked_at": self.env.cr.now()}
        elif "agent_guard_looked_at" in vals:
            raise AccessError(
                self.env._("When a person has looked at a mailing, Odoo notes itself.")
            )
        return super().write(vals)

    def _agent_guard_rules(self):
        return [
            *super()._agent_guard_rules(),
            Rule("mailing", None, lambda r: r._agent_guard_waits(), created=True),
            Rule(
                fields=frozenset({"body_html"}),
                given=True,
                items="_agent_guard_viewed",
            ),
        ]

    def _agent_guard_said(self):
        if self.mailing_type != "mail":
            return {"body": plaintext2html(self.body_plaintext or "")}
        preview = Markup("<p>%s</p>") % self.preview if self.preview else Markup()
        return {
            "sender": self.email_from or "",
            "reply_to": self.reply_to or "",
            "body": preview + (self.body_html or Markup()),
            "attachments": self.attachment_ids,
        }

    def _agent_guard_armed_recipients(self, actor):
        """Everybody whom it would reach now, by name and address."""
        rows = self.env[self.mailing_model_real]
        rows = rows.search(self._get_recipients_domain())
        named = rows[:MAX_NAMED]
        addresses = self._agent_guard_addresses(named)
        known = self._agent_guard_known(actor, rows)
        found = [
            {
                "name": row.display_name or "",
                "address": addresses.get(row.id) or "",
                **({} if row.id in known else {"untold": True}),
            }
            for row in named
        ]
        if len(rows) > MAX_NAMED:
            more = len(rows) - MAX_NAMED
            found.append({"name": f"and {more} more", "address": "", "untold": True})
        if known.isdisjoint(named.ids):
            # who comes under its conditions later is asked for then
            found += super()._agent_guard_armed_recipients(actor)
        return found

    def _agent_guard_known(self, actor, rows):
        """Those of these rows that the agent finds by itself: it is told of no other,
        nor whether there is one."""
        if actor is None:
            return set(rows.ids)
        own = self.env[self.mailing_model_real].with_user(actor).sudo(False)
        try:
            return set(own.search(self._get_recipients_domain()).ids)
        except AccessError:
            return set()

    def _agent_guard_addresses(self, rows):
        """id -> the address, or the number, by which each of these is reached."""
        partners = rows._mail_get_partners()
        if self.mailing_type == "mail":
            found = rows._mail_get_primary_email()
            found = {
                row.id: found[row.id] or partners[row.id][:1].email for row in rows
            }
            return {
                row_id: email_normalize(email) or email
                for row_id, email in found.items()
            }
        return {
            row.id: next(
                filter(None, map(row.__getitem__, row._phone_get_number_fields())),
                partners[row.id][:1].phone,
            )
            for row in rows
        }

    def _agent_guard_viewed(self):
        """Who has got a mailing can read it on a page, as it is now."""
        reader = {"name": "whoever has got the mailing", "address": ""}
        return [
            mailing._agent_guard_shown_to(reader)
            for mailing in self
            if mailing.state == "done" and mailing.mailing_type == "mail"
        ]

    def _agent_guard_waits(self):
        """Whether a job sends it; a finished one under test may go to the rest."""
        return self.state in ("in_queue", "sending") or (
            self.state == "done" and self.ab_testing_enabled
        )
