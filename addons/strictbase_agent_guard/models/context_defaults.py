# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What an agent's context gives by default is given: judged like the values it names.

The outermost of the guard's extensions of ``create``: those below see values only.
"""

from odoo import api, models

DEFAULT = "default_"


class Base(models.AbstractModel):
    # a concern of its own, apart from what base.py arms
    _inherit = "base"  # pylint: disable=consider-merging-classes-inherited

    @api.model_create_multi
    def create(self, vals_list):
        if self.env["strictbase.agent.guard"]._actor() is not None:
            names = self._agent_guard_defaulted()
            if names:
                defaults = self.default_get(names)
                vals_list = [{**defaults, **vals} for vals in vals_list]
        return super().create(vals_list)

    @api.model
    def _agent_guard_defaulted(self):
        """Fields of this model that the context gives a value."""
        return [
            name.removeprefix(DEFAULT)
            for name in self.env.context
            if name.startswith(DEFAULT) and name.removeprefix(DEFAULT) in self._fields
        ]
