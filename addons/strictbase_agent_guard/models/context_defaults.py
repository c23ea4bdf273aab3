# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What an agent's context gives by default is given: judged like the values it names.

The outermost of the guard's extensions of ``create`` on all models: those below see
values only. An extension on one model runs before it, and asks for them first.
"""

from odoo import Command, api, models

from ..tools.who import actor_of

DEFAULT = "default_"


class Base(models.AbstractModel):
    # a concern of its own, apart from what base.py arms
    _inherit = "base"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _agent_guard_create(self, vals_list):
        return super()._agent_guard_create(self._agent_guard_with_defaults(vals_list))

    @api.model
    def _agent_guard_with_defaults(self, vals_list):
        """These values, with those that an agent's context gives beside them; the same
        again if they are asked for twice."""
        if actor_of(self.env) is None:
            return vals_list
        names = self._agent_guard_defaulted()
        if not names:
            return vals_list
        return [
            {**self._agent_guard_defaults(names, vals), **vals} for vals in vals_list
        ]

    @api.model
    def _agent_guard_defaulted(self):
        """Fields of this model that the context gives a value."""
        return [
            name.removeprefix(DEFAULT)
            for name in self.env.context
            if name.startswith(DEFAULT) and name.removeprefix(DEFAULT) in self._fields
        ]

    @api.model
    def _agent_guard_defaults(self, names, vals):
        """Those of these defaults that Odoo would add to the values, as it does: none
        for a field of a parent record that is given."""
        parents = self._agent_guard_parents_given(vals)
        missing = [
            name
            for name in names
            if name not in vals and not self._agent_guard_is_of(name, parents)
        ]
        found = self.default_get(missing) if missing else {}
        for name in found:
            kind, value = self._fields[name].type, found[name]
            if kind == "many2many" and value and isinstance(value[0], int):
                found[name] = [Command.set(value)]
            elif kind == "one2many" and value and isinstance(value[0], dict):
                found[name] = [Command.create(line) for line in value]
        return found

    @api.model
    def _agent_guard_parents_given(self, vals):
        """Models that this one inherits from, also by others, by records of vals."""
        found = set()
        for model, name in self._inherits.items():
            if name in vals:
                found.add(model)
            else:
                found |= self.env[model]._agent_guard_parents_given(vals)
        return found

    @api.model
    def _agent_guard_is_of(self, name, parents):
        """Whether this field is one of these parents'."""
        field = self._fields[name]
        while parents and field.inherited:
            field = field.related_field
            if field.model_name in parents:
                return True
        return False
