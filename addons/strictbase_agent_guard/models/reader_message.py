# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Messages, reactions and files of agents, as people outside see them: not at all
until they are approved. A conversation with somebody outside is speech, and is held.
"""

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import MissingError
from odoo.fields import Domain
from odoo.tools import html2plaintext

from odoo.addons.mail.tools.discuss import Store

from ..tools.call_state import peek
from ..tools.who import actor_of, agents_of
from .mail_message import VISIBLE_FIELDS
from .reader_filter import FLAG

#: Types that a portal or website page shows, unless the message is internal.
SHOWN = {"comment", "email", "email_outgoing", "auto_comment", "out_of_office"}


class MailMessage(models.Model):
    _name = "mail.message"
    _inherit = ("strictbase.agent.unapproved", "mail.message")

    _agent_guard_shown_fields = VISIBLE_FIELDS
    _agent_guard_blanks = {
        "attachment_ids": (),
        "body": "",
        "subject": None,
        "message_link_preview_ids": (),
    }

    @api.model_create_multi
    def create(self, vals_list):
        messages = super().create(vals_list)
        if actor_of(self.env) is not None or not agents_of(self.env):
            return messages
        if not self.env["strictbase.agent.guard"]._person():
            messages._agent_guard_hide_unseen()
        elif any(vals.get("attachment_ids") for vals in vals_list):
            # a file of an agent that a person shows is seen by that person
            shown = messages.sudo().filtered(lambda m: m._agent_guard_is_shown())
            shown.attachment_ids._agent_guard_flag(False)
        return messages

    def _agent_guard_hide_unseen(self):
        """What a job says about an agent's work that nobody has looked at is not
        shown either; what somebody outside has written is."""
        guard = self.env["strictbase.agent.guard"]
        for message in self.sudo():
            if (
                not message.res_id
                or message.model == "discuss.channel"
                or message.is_internal
                or not message.subtype_id
                or message.subtype_id.internal
                or message._agent_guard_is_of_outside()
            ):
                continue
            document = guard._document(message.model, message.res_id)
            files = message.attachment_ids
            keys = {("ir.attachment", file.id) for file in files}
            said = {"text": html2plaintext(message.body), "files": files}
            if document and (
                guard._origin_touches(document, extra=keys)
                or guard._origin_words_about(document, **said)
            ):
                message._agent_guard_flag(True)

    def _agent_guard_is_of_outside(self):
        """Whether it passes on what somebody outside has written."""
        self.ensure_one()
        if self.message_type == "email":
            return True
        guard = self.env["strictbase.agent.guard"]
        author = self.author_id
        return (
            self.message_type == "comment"
            and bool(guard._outside_partners(author))
            and author != self.env.ref("base.partner_root")
        )

    def _agent_guard_showings(self):
        guard = self.env["strictbase.agent.guard"]
        items = []
        for message in self.sudo():
            if not message._agent_guard_is_shown():
                continue
            record = guard._document(message.model, message.res_id)
            items.append(
                guard._new_egress(
                    "portal",
                    [
                        {
                            "name": "everybody outside who can open "
                            f"{record.display_name if record else 'it'}",
                            "address": "",
                        }
                    ],
                    record,
                    subject=message.subject or "",
                    digest=guard._digest_of(
                        message.subject,
                        message.body,
                        attachments=message.attachment_ids,
                    ),
                    target=("mail.message", message.id),
                )
            )
        return items

    def _agent_guard_is_shown(self):
        """Whether a page could show this message to somebody outside."""
        self.ensure_one()
        return (
            self.message_type in SHOWN
            and self.model != "discuss.channel"
            and not self.is_internal
            and bool(self.subtype_id)
            and not self.subtype_id.internal
        )

    def _get_forbidden_access(self, operation):
        # guests are judged by this alone
        forbidden = super()._get_forbidden_access(operation)
        rest = self - forbidden
        if rest and self.env["strictbase.agent.guard"]._viewer_is_outside():
            forbidden += rest._agent_guard_hidden()
        return forbidden

    def _to_store_defaults(self, target):
        # sudo: whoever reads the message may know that others do not
        flag = Store.Attr(
            "agent_unapproved",
            value=lambda m: m.sudo().agent_unapproved
            and m.sudo()._agent_guard_is_shown(),
            predicate=lambda m: target.is_internal(self.env) and m.agent_unapproved,
        )
        return [*super()._to_store_defaults(target), flag]


class MailMessageReaction(models.Model):
    _name = "mail.message.reaction"
    _inherit = ("strictbase.agent.unapproved", "mail.message.reaction")

    _agent_guard_shown_fields = frozenset({"content", "message_id"})
    _agent_guard_blanks = {"content": ""}

    def _agent_guard_showings(self):
        guard = self.env["strictbase.agent.guard"]
        return [
            guard._new_egress(
                "portal",
                item.recipients,
                guard._document(item.model, item.res_id),
                subject=item.subject,
                target=(self._name, reaction.id),
            )
            for reaction in self
            for item in reaction.message_id._agent_guard_showings()
        ]


class IrAttachment(models.Model):
    _name = "ir.attachment"
    _inherit = ("strictbase.agent.unapproved", "ir.attachment")

    _agent_guard_shown_fields = frozenset(
        {
            "datas",
            "db_datas",
            "name",
            "raw",
            "res_field",
            "res_id",
            "res_model",
            "type",
            "url",
        }
    )
    _agent_guard_blanks = {
        "db_datas": None,
        "index_content": None,
        "name": "",
        "store_fname": None,
        "url": None,
    }

    @api.model_create_multi
    def create(self, vals_list):
        files = super().create(vals_list)
        if (
            any(vals.get("res_id") for vals in vals_list)
            and agents_of(self.env)
            and actor_of(self.env) is None
            and not self.env["strictbase.agent.guard"]._person()
        ):
            files._agent_guard_hide_unseen()
        return files

    def _agent_guard_hide_unseen(self):
        """A file of text in which a job says an agent's work that nobody has looked at
        is not shown outside; whoever may open the record can open it."""
        guard = self.env["strictbase.agent.guard"]
        for file in self.sudo():
            document = not file.res_field and guard._document(
                file.res_model, file.res_id
            )
            if document and (
                guard._origin_words_about(document, "", file)
                or (guard._origin_touches(document) and file._agent_guard_plain_text())
            ):
                file._agent_guard_flag(True)

    def _agent_guard_is_written(self, vals):
        """Not written by an agent: a bundle of assets, and what Odoo makes for a field
        and names, such as the print of an invoice. The value of a field is."""
        name, url = (
            # not always text, as it comes from outside
            str(vals.get(given, self[given] if self else "") or "")
            for given in ("res_field", "url")
        )
        if self.env.uid == SUPERUSER_ID and url.startswith("/web/assets/"):
            return False
        made = not self and self.env.su and name and vals.get("name") != name
        return bool(vals.get("public")) or not made

    def _agent_guard_ask_to_show(self):
        """Files of an approved call are part of it, and no line of their own."""
        state = peek(self.env)
        if state is not None and state.grant:
            self._agent_guard_flag(False)

    def _agent_guard_showings(self):
        guard = self.env["strictbase.agent.guard"]
        return [
            guard._new_egress(
                "file",
                [
                    {
                        "name": f"everybody outside who can open {file.name}",
                        "address": "",
                    }
                ],
                guard._document(file.res_model, file.res_id),
                subject=file.name or "",
                digest=guard._digest_of(file.name, attachments=file),
                target=(self._name, file.id),
            )
            for file in self.sudo()
        ]

    def _to_http_stream(self):
        self._agent_guard_check_shown()
        return super()._to_http_stream()

    def _agent_guard_check_shown(self):
        guard = self.env["strictbase.agent.guard"]
        if guard._viewer_is_outside() and self._agent_guard_hidden():
            raise MissingError(self.env._("There is no such file."))


class IrBinary(models.AbstractModel):
    _inherit = "ir.binary"

    def _find_record(self, *args, **kwargs):
        record = super()._find_record(*args, **kwargs)
        if record._name == "ir.attachment":
            record._agent_guard_check_shown()
        return record


class Base(models.AbstractModel):
    # a concern of its own, apart from what base.py arms
    _inherit = "base"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _search(self, domain, *args, **kwargs):
        # a document of a product, or of quotations, is a file, too: listed without
        # its content it would be a broken one
        if "ir.attachment" in self._inherits:
            if self.env["strictbase.agent.guard"]._viewer_is_outside():
                domain = Domain(domain) & Domain(FLAG, "=", False)
        return super()._search(domain, *args, **kwargs)
