# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Words that a page takes from a record which is no page itself, nor a line of one,
such as what a kind of booth offers. They are read where one that is shown names it.

Pages and their lines are ``site_words.py``'s; files and images of agents are not shown
until approved in any case.
"""

from odoo import api, models
from odoo.tools import ormcache

from ..tools.rules import Rule
from .published import APART
from .site_words import HOUSEKEEPING

#: So many records that name one are looked at, whether the site shows any.
LOOKED_AT = 1000


class Base(models.AbstractModel):
    # a concern of its own, apart from what opens a record
    _inherit = "base"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _agent_guard_create(self, vals_list):
        records = super()._agent_guard_create(vals_list)
        named = {name for vals in vals_list for name in vals}
        for others in records.sudo()._agent_guard_taken_by(named):
            others._agent_guard_check_taken()
        return records

    def _agent_guard_write(self, vals):
        before = [
            others.filtered(lambda other: other._agent_guard_is_named_on_the_site())
            for others in self.sudo()._agent_guard_taken_by(vals)
        ]
        res = super()._agent_guard_write(vals)
        after = self.sudo()._agent_guard_taken_by(vals)
        for others, shown in zip(after, before, strict=True):
            (others - shown)._agent_guard_check_taken()
        return res

    @api.model
    @ormcache(cache="stable")
    def _agent_guard_taking(self):
        """Fields by which such a record names some whose words a page takes."""
        if self._transient or self._abstract:
            return ()
        return tuple(
            name
            for name, field in self._fields.items()
            if field.store
            and field.type in ("many2many", "many2one")
            and field.comodel_name in self.env
            and self.env[field.comodel_name]._agent_guard_taken_over()
        )

    def _agent_guard_taken_by(self, names):
        """Those that these records name, a set for each field, if one of these fields
        names others, or puts the records elsewhere."""
        taking = self._agent_guard_taking()
        if taking and any(
            name in self._fields and self._fields[name].relational for name in names
        ):
            return [self[name] for name in taking]
        return []

    def _agent_guard_check_taken(self):
        """What an agent has written comes to be shown by being named, too."""
        touch = self.env["strictbase.agent.touch"].sudo()
        keys = {(self._name, other_id) for other_id in self.ids}
        touched = {t["res_id"] for t in touch._open(keys)} if keys else ()
        written = self.filtered(
            lambda other: other.id in touched
            and any(other[name] for name in self._agent_guard_taken_over())
        )
        self.env["strictbase.agent.guard"]._egress(
            written._agent_guard_shown_by_others()
        )

    @api.model
    def _agent_guard_rules(self):
        rules = super()._agent_guard_rules()
        words = self._agent_guard_taken_over()
        if words:
            rules.append(
                Rule(fields=words, given=True, items="_agent_guard_shown_by_others")
            )
        return rules

    @api.model
    @ormcache(cache="stable")
    def _agent_guard_taken_over(self):
        """Fields of such a record that a template of the site takes from it by name."""
        if (
            self._transient
            or self._abstract
            or self._name in APART
            or self._name.startswith(HOUSEKEEPING)
            or self._agent_guard_site_role()
            or self._name
            not in self.env["strictbase.agent.guard"]._models_open_to(
                "base.group_public"
            )
        ):
            return frozenset()
        names = [
            name
            for name, field in self._fields.items()
            if field.type in ("html", "text")
            and field.store
            and not (field.compute and field.readonly)
        ]
        tail = "_".join(self._name.split(".")[-2:])
        return frozenset(
            self._agent_guard_in_templates(names, ["website%"], rf"{tail}(_id)?\.")
        )

    def _agent_guard_shown_by_others(self):
        """A manifest line for each of these that a record which is shown names."""
        boxes = self._agent_guard_opened_by()
        shown = self.browse()
        for record in self:
            if record._active_name and not record[record._active_name]:
                continue
            if boxes and not any(record[name] for name in boxes):
                continue
            if record._agent_guard_is_named_on_the_site():
                shown |= record
        return [
            record._agent_guard_shown_to(self._agent_guard_visitors())
            for record in shown
        ]

    def _agent_guard_is_named_on_the_site(self):
        self.ensure_one()
        for model, names in self._agent_guard_named_by().items():
            for name in names:
                rows = self.env[model].search([(name, "in", self.ids)], limit=LOOKED_AT)
                if rows._agent_guard_is_anything_shown():
                    return True
        return False

    @api.model
    @ormcache(cache="stable")
    def _agent_guard_named_by(self):
        """model of the site -> its fields that name one of these, or some."""
        found = {}
        for model, names in self._agent_guard_pointing().items():
            found.setdefault(model, set()).update(names)
        for model in self.env.registry:
            for name in self.env[model]._agent_guard_listing().get(self._name, ()):
                found.setdefault(model, set()).add(name)
        return {
            model: frozenset(names)
            for model, names in found.items()
            if not self.env[model]._transient
            and not self.env[model]._abstract
            and not model.startswith(HOUSEKEEPING)
        }

    def _agent_guard_is_anything_shown(self):
        """Whether the site shows one of these, or what one of them is part of."""
        if not self:
            return False
        if self._agent_guard_site_role():
            return bool(self._agent_guard_shown_now())
        for name in self._agent_guard_part_fields():
            whole = self[name]
            if whole._agent_guard_is_whole_page() and whole._agent_guard_shown_now():
                return True
        return False
