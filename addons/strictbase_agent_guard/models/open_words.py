# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Words of what is open to visitors by a box of its own and not by being published: a
promotion of the shop, whose reward says in everybody's cart what it is.

What the site publishes, page by page, is ``site_words.py``'s; how a box comes to be
ticked ``published.py``'s.
"""

from odoo import api, models
from odoo.tools import ormcache

from ..tools.rules import Rule
from .published import APART, EVERYONE, PUBLISHED, PUBLISHES, WORDS
from .site_words import HOUSEKEEPING


class Base(models.AbstractModel):
    # a concern of its own, apart from what opens a record
    _inherit = "base"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _agent_guard_rules(self):
        rules = super()._agent_guard_rules()
        if self._agent_guard_opened_by():
            said = self._agent_guard_own_words() - {self._rec_name}
        elif self._agent_guard_opened_with():
            said = self._agent_guard_own_words()
        else:
            return rules
        rules.append(
            Rule(fields=frozenset(said), given=True, items="_agent_guard_in_the_open")
        )
        return rules

    @api.model
    @ormcache(cache="stable")
    def _agent_guard_opened_by(self):
        """Boxes by which visitors come across such a record."""
        if (
            self._transient
            or self._abstract
            or self._name in APART
            or self._name.startswith(HOUSEKEEPING)
        ):
            return ()
        return tuple(
            name
            for name, field in self._fields.items()
            if field.type == "boolean"
            and field.store
            and name != PUBLISHED
            and PUBLISHES.search(name)
        )

    @api.model
    @ormcache(cache="stable")
    def _agent_guard_opened_with(self):
        """Fields by which such a record is a line of one that has such a box."""
        if self._transient or self._abstract or "message_ids" in self._fields:
            return ()
        return tuple(
            name
            for name in self._agent_guard_part_fields()
            if self._fields[name].ondelete == "cascade"
            and self.env[self._fields[name].comodel_name]._agent_guard_opened_by()
        )

    @api.model
    def _agent_guard_own_words(self):
        """Texts that are written for readers: those that are translated."""
        return {
            name
            for name, field in self._fields.items()
            if field.type in WORDS and field.store and field.translate
        }

    def _agent_guard_in_the_open(self):
        """A manifest line for each of these that visitors come across."""
        boxes = self._agent_guard_opened_by()
        shown = self.browse()
        for record in self:
            wholes = [record] if boxes else []
            wholes += [record[n] for n in self._agent_guard_opened_with() if not boxes]
            for whole in wholes:
                if whole._active_name and not whole[whole._active_name]:
                    continue
                if any(whole[name] for name in whole._agent_guard_opened_by()):
                    shown |= record
        return [record._agent_guard_shown_to(EVERYONE) for record in shown]
