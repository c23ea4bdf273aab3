# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What an item says, and with what: the line of the manifest that is made of it.

A model that carries words or files tells them in ``_agent_guard_said``; all else
is bound to the call's arguments and to the record as it is. Whether something may
leave is decided elsewhere.
"""

from datetime import datetime, timedelta

from odoo import api, models

from ..tools.call_state import current_request, peek
from ..tools.client_secrets import is_secret, without_links
from ..tools.manifest import comparable, digest, file_digest

MAX_BODY = 200_000
#: Of the caller's context, what says how it calls and not what is done.
NOT_ASKED = {"agent_mode", "agent_channel", "agent_confirmation_token"}
#: Types of fields whose values say what a record is.
TELLING = {
    "boolean",
    "char",
    "date",
    "datetime",
    "float",
    "html",
    "integer",
    "many2one",
    "monetary",
    "selection",
    "text",
}
#: Prefixes of fields that tell of what was done with a record, not what it is.
ABOUT = ("activity_", "message_", "rating_", "write_", "create_", "access_")


class Base(models.AbstractModel):
    # a concern of its own, apart from what base.py arms
    _inherit = "base"  # pylint: disable=consider-merging-classes-inherited

    def _agent_guard_said(self):
        """Sender, reply_to, body, attachments and colleagues, as far as there are."""
        return {}

    def _agent_guard_values(self):
        """What these records are, the same at the next try."""
        now = self.env.cr.now()
        values = []
        for record in self.sudo():
            for name, field in sorted(record._fields.items()):
                if (
                    not field.store
                    or field.type not in TELLING
                    or name.startswith(ABOUT)
                    or name == "id"
                    or is_secret(record._name, name)
                ):
                    continue
                value = record[name]
                if isinstance(value, datetime) and abs(value - now) < timedelta(
                    seconds=60
                ):
                    value = "now"
                if field.type == "many2one":
                    value = value.id
                values.append([name, str(value or "")])
        return values


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _agent_guard_said(self):
        guard = self.env["strictbase.agent.guard"]
        outside = guard._outside_partners(self.recipient_ids, guard._actor())
        return {
            "sender": self.email_from or "",
            "reply_to": self.reply_to or "",
            "body": self.body_html or self.body or "",
            "attachments": self.attachment_ids,
            "inside": guard._as_recipients(self.recipient_ids - outside),
        }


class MailMessage(models.Model):
    _inherit = "mail.message"

    def _agent_guard_said(self):
        return {
            "sender": self.email_from or self.author_id.email_formatted or "",
            "reply_to": "",
            "body": self.body or "",
            "attachments": self.attachment_ids,
        }


class MailScheduledMessage(models.Model):
    _inherit = "mail.scheduled.message"

    def _agent_guard_said(self):
        guard = self.env["strictbase.agent.guard"]
        outside = guard._outside_partners(self.partner_ids)
        return {
            "sender": self.author_id.email_formatted or "",
            "body": self.body or "",
            "attachments": self.attachment_ids,
            "inside": guard._as_recipients(self.partner_ids - outside),
        }


class StrictbaseAgentGuard(models.AbstractModel):
    _inherit = "strictbase.agent.guard"

    @api.model
    def _note_made(self, records):
        state = peek(self.env)
        if state is not None:
            state.note_made(records)

    @api.model
    def _describe(self, items, state):
        """Give each item the line that is kept, shown and compared."""
        for item in items:
            if item.line is None:
                self._hide_unreadable(item)
                item.line = self._line_of(item, state)

    @api.model
    def _hide_unreadable(self, item):
        """An agent learns nothing of a document that it may not read by being refused
        what would be sent about it."""
        actor = self._actor()
        record = self._document(item.model, item.res_id)
        if actor is None or not record or record._transient:
            return
        if not record.with_user(actor).sudo(False).has_access("read"):
            item.untold = True
            item.recipients = [{**r, "untold": True} for r in item.recipients]

    @api.model
    def _line_of(self, item, state):
        content = dict(item.content)
        model, row_id = item.target
        if model and row_id and model in self.env:
            content = {
                **self.env[model].sudo().browse(row_id)._agent_guard_said(),
                **content,
            }
        record = self._document(item.model, item.res_id)
        made = state.made if state is not None else {}
        is_new = bool(record) and record.id in made.get(record._name, ())
        name = record.display_name or "" if record else ""
        attachments = content.get("attachments") or self.env["ir.attachment"]
        files = [self._file_line(a) for a in attachments.sudo()]
        files += content.get("files") or []
        body = str(content.get("body") or "")
        labels = {i: "new" for i in made.get("mail.message", ())}
        if is_new:
            labels[record.id] = "new"
        labels.update(
            (a.id, f["checksum"])
            for a, f in zip(attachments, files, strict=False)
            if a.id in made.get("ir.attachment", ())
        )
        names = [name] if is_new and len(name) > 3 else []
        base_url = self.env["ir.config_parameter"].sudo().get_param("web.base.url")

        def same(text):
            return comparable(text, base_url or "", labels, names)

        compare = {
            "channel": item.channel,
            "record": f"{item.model},{'new' if is_new else item.res_id}"
            if item.model
            else "",
            "sender": same(content.get("sender")),
            "reply_to": same(content.get("reply_to")),
            "subject": same(item.subject),
            "text": digest(same(body)) if body else "",
            "files": sorted([f["name"], f["checksum"]] for f in files),
            "note": item.note,
            "call": "",
            "state": "",
        }
        if is_new or not body:
            # nothing else says what it will be
            compare["call"] = self._asked(state)
        if record and not is_new and not body:
            compare["state"] = digest(record._agent_guard_values())
        return {
            "channel": item.channel,
            "recipients": [_plain(r) for r in item.recipients],
            "inside": [_plain(r) for r in content.get("inside") or ()],
            "sender": content.get("sender") or "",
            "reply_to": content.get("reply_to") or "",
            "subject": item.subject,
            "body": without_links(body)[:MAX_BODY],
            "cut": len(body) > MAX_BODY,
            "files": files,
            "model": item.model,
            "res_id": 0 if is_new else item.res_id,
            "record": name,
            "note": item.note,
            "opens": list(item.opens),
            "untold": item.untold,
            "compare": compare,
        }

    @api.model
    def _file_line(self, attachment):
        data = attachment.raw or b""
        return {
            "name": attachment.name or "",
            "checksum": file_digest(data or (attachment.url or "").encode()),
            "size": len(data),
            "id": attachment.id,
        }

    @api.model
    def _arguments(self):
        """The digest of the call's arguments, as it came; empty if there is none."""
        request = current_request()
        if request is None or "__method__" not in (request.params or {}):
            return ""
        body = dict(request.get_json_data() or {})
        context = body.pop("context", None) or {}
        ids = body.pop("ids", None) or []
        entry = self.env["strictbase.agent.confirmation"]._entry("", "", ids)
        return digest(
            {
                "model": request.params["__model__"],
                "method": request.params["__method__"],
                "ids": sorted(entry.ids),
                "kwargs": body,
                "context": {k: v for k, v in context.items() if k not in NOT_ASKED},
            }
        )

    @api.model
    def _asked(self, state):
        """The arguments, and where a wizard is called, what it holds."""
        if state is None:
            return ""
        if not state.asked:
            values = []
            entry = state.entry
            if entry and entry.ids and entry.model in self.env:
                wizard = self.env[entry.model].browse(entry.ids)
                if wizard._transient:
                    values = wizard.exists()._agent_guard_values()
            state.asked = digest([self._arguments(), values])
        return state.asked


def _plain(recipient):
    plain = {
        "name": str(recipient.get("name") or ""),
        "address": str(recipient.get("address") or ""),
    }
    return {**plain, "untold": True} if recipient.get("untold") else plain
