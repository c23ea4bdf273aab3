# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a record is made of, as far as a letter about it goes: what it takes words from,
what belongs to it, and which of its fields can change what is said, to whom or when.

Who has touched that, and whether it may leave, is asked in ``agent_origin.py``.
"""

import re
from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL, html2plaintext, ormcache
from odoo.tools.mail import email_normalize_all

from ..tools.words import SHORTEST, as_words
from .agent_touch import WHOLE

#: What an agent changes on a document without saying anything to anybody.
QUIET = {"access_token", "color", "kanban_state", "priority", "sequence", "signup_type"}
QUIET_PREFIXES = (
    "activity_",
    # who was written to before
    "mail.message.",
    "message_",
    "my_activity_",
    "website_message_",
)
#: Parts of a linked record that this one does not show.
NOT_SHOWN = {"ir.attachment", "mail.followers"}
#: Kinds of fields by which a linked record gives words, moments or conditions.
TELLING = {
    "binary",
    "boolean",
    "char",
    "date",
    "datetime",
    "html",
    "image",
    "json",
    "properties",
    "reference",
    "selection",
    "text",
}
#: Whom a linked record stands for: another one is written to.
REACHED = ("res.partner", "res.users")
#: Linked records that agents cannot write, or that say nothing.
NOT_LINKED = ("ir.", "mail.", "res.company", "res.currency", "res.groups", "res.users")
WORDED = {"char", "html", "text"}


class Base(models.AbstractModel):
    # a concern of its own, apart from the rules in base.py
    _inherit = "base"  # pylint: disable=consider-merging-classes-inherited

    def _agent_guard_linked(self):
        """(model, id) -> record of what this one takes words and conditions from."""
        self.ensure_one()
        found = {}
        for name, field in self._fields.items():
            if (
                field.type != "many2one"
                or not (field.store or field.related)
                or field.comodel_name.startswith(NOT_LINKED)
            ):
                continue
            value = self[name]
            if value:
                found.setdefault((value._name, value.id), value)
        return found

    @api.model
    @ormcache(cache="stable")
    def _agent_guard_pointing(self):
        """model -> its fields by which a record of it says to which of these it
        belongs."""
        found = defaultdict(list)
        for name, model in self.env.registry.items():
            if model._abstract or model._transient or not model._auto:
                continue
            for field in model._fields.values():
                if (
                    field.type == "many2one"
                    and field.store
                    and field.comodel_name == self._name
                    and field.name not in ("create_uid", "write_uid")
                ):
                    found[name].append(field.name)
        return dict(found)

    @api.model
    @ormcache(cache="stable")
    def _agent_guard_listing(self):
        """model -> the fields by which these name records of it in a list."""
        found = defaultdict(list)
        for name, field in self._fields.items():
            if (
                field.type == "many2many"
                and field.store
                and not field.comodel_name.startswith(NOT_LINKED)
            ):
                found[field.comodel_name].append(name)
        return dict(found)

    @api.model
    def _agent_guard_texts(self, names):
        """Those of these fields that hold words of somebody's own."""
        return {
            name
            for name in (self._fields if WHOLE in names else names)
            if (field := self._fields.get(name)) is not None
            and field.store
            and field.type in WORDED
            # else Odoo's words, of others that are there, too
            and not (field.compute and field.readonly)
        }

    def _agent_guard_words(self, names, shortest=SHORTEST):
        """Texts of these fields that are long enough to be known again."""
        self.ensure_one()
        found = set()
        for name in self._agent_guard_texts(names):
            text = str(self[name] or "")
            kind = self._fields[name].type
            if kind == "html":
                text = html2plaintext(text)
            found.update(text.splitlines())
            if kind == "char":
                found.update(self._agent_guard_meant(name, text))
        return as_words(found, shortest)

    def _agent_guard_own_text(self):
        """What this record says of itself, and whom it names."""
        self.ensure_one()
        texts = []
        for name, field in self._fields.items():
            if not field.store:
                continue
            if field.type in WORDED:
                texts.append(html2plaintext(str(self[name] or "")))
            elif field.type == "selection":
                texts.append(str(field.convert_to_export(self[name], self) or ""))
            elif field.type == "many2one" and self[name]:
                texts.append(self[name].display_name or "")
        return "\n".join(filter(None, texts))

    def _agent_guard_meant(self, name, text):
        """What Odoo takes it for where it sends: bare addresses, a number without
        blanks."""
        found = email_normalize_all(text) if "@" in text else []
        # there if an application with telephone numbers is
        if text and hasattr(self, "_phone_get_number_fields"):
            if name in self._phone_get_number_fields():
                found.append(self._phone_format(fname=name) or "")
        return found

    @api.model
    def _agent_guard_telling(self, names, document=False, asked=""):
        """Whether fields so named can change what is said, to whom or when; ``asked``
        are the conditions by which a job has come to this record."""
        if WHOLE in names:
            return True
        if any(self._agent_guard_is_gone_by(name, asked) for name in names):
            return True
        for name in names:
            if name in QUIET or name.startswith(QUIET_PREFIXES):
                continue
            if not document and (
                name in NOT_SHOWN or self._agent_guard_is_merely_named(name)
            ):
                continue
            field = self._fields.get(name)
            if not document and self._agent_guard_is_counted_by(name):
                continue
            if document or field is None or field.type in TELLING:
                return True
            if field.type == "many2one" and field.comodel_name in REACHED:
                return True
        return False

    @api.model
    def _agent_guard_is_gone_by(self, name, asked):
        """Whether these conditions name a field, or the list that it is the other side
        of."""
        if not asked:
            return False
        names = {name}
        model, _dot, listed = name.rpartition(".")
        field = self.env[model]._fields.get(listed) if model in self.env else None
        if field is not None:
            names |= {inverse.name for inverse in self.pool.field_inverses[field]}
        return any(re.search(rf"\b{re.escape(name)}\b", asked) for name in names)

    @api.model
    def _agent_guard_is_merely_named(self, name):
        """Whether a list of others names such a record, which does not know of it, as
        surveys do a language."""
        model, _dot, name = name.rpartition(".")
        field = self.env[model]._fields.get(name) if model in self.env else None
        return (
            field is not None
            and field.comodel_name == self._name
            and not self.pool.field_inverses[field]
        )

    @api.model
    def _agent_guard_asked(self):
        """The conditions by which jobs choose among such records, as far as any are
        stored apart from what they send."""
        if "base.automation" not in self.env:
            return ""
        self.env.cr.execute(
            SQL(
                """
                SELECT concat_ws(' ', rule.filter_domain, rule.filter_pre_domain)
                  FROM base_automation rule
                  JOIN ir_model model ON model.id = rule.model_id
                 WHERE rule.active AND model.model = %s
                """,
                self._name,
            )
        )
        return " ".join(text for (text,) in self.env.cr.fetchall())

    @api.model
    @ormcache("model", cache="stable")
    def _agent_guard_is_counted_by(self, model):
        """Whether records of that model only name this one, as moves of goods name a
        place and registrations an event; what is made of lines goes with them."""
        if model not in self.env:
            return False
        names = self.env[model]._agent_guard_part_fields()
        bound = [
            self.env[model]._fields[name]
            for name in names
            if self.env[model]._fields[name].comodel_name == self._name
        ]
        return bool(bound) and all(field.ondelete != "cascade" for field in bound)
