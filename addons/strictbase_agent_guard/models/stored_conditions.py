# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A condition that an agent stores is evaluated later, by a job or with all rights:
who is assigned a lead, whom a mailing reaches. What comes of it tells whether it was
met, so it may not ask what the agent may not see.

What an agent asks by itself is ``secret_search.py``'s.
"""

import ast
import re

from odoo import api, models
from odoo.exceptions import AccessError

from ..tools.client_secrets import is_secret
from .secret_search import TEXTS

#: Texts that hold a condition, by what their names mean.
CONDITION = re.compile(r"(?:^|_)domain(?:_|$)")
#: Evaluated by whom they belong to, as a search of their own.
OWN = {"ir.filters"}
#: Comparisons that do not need the whole of a text.
PART = re.compile(r"like|[<>]")
OPERATORS = ("&", "|", "!")
#: What stands where a comparison has its path.
_FIRST = re.compile(r"[\[(]\s*[\"']([\w.]+)[\"']\s*,")


class Base(models.AbstractModel):
    # a concern of its own, apart from what base.py arms
    _inherit = "base"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _agent_guard_create(self, vals_list):
        for vals in vals_list:
            self._agent_guard_check_conditions(vals)
        return super()._agent_guard_create(vals_list)

    def _agent_guard_write(self, vals):
        self._agent_guard_check_conditions(vals)
        return super()._agent_guard_write(vals)

    @api.model
    def _agent_guard_check_conditions(self, vals):
        for name, value in vals.items():
            field = self._fields.get(name)
            if (
                not value
                or not isinstance(value, str)
                or field is None
                or field.type not in ("char", "text")
                or not CONDITION.search(name)
            ):
                continue
            for path in self._agent_guard_tells(value):
                raise AccessError(
                    self.env._(
                        "%(model)s.%(field)s: a condition that an agent stores cannot "
                        "ask for %(path)s, which holds what is not open to agents. "
                        "Choose by another field.",
                        model=self._name,
                        field=name,
                        path=path,
                    )
                )

    @api.model
    def _agent_guard_tells(self, text):
        """Paths in this condition that lead to a token, or to letters of a text of
        another record, such as a message, that may have one in a link."""
        try:
            condition = ast.literal_eval(text)
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            # with names in it, or what Odoo refuses by itself
            asked = [(path, False) for path in _FIRST.findall(text)]
        else:
            asked = _asked(condition)
        for path, in_part in asked:
            if any(is_secret("", name) for name in path.split(".")):
                yield path
            elif self._name not in OWN and self._agent_guard_is_hidden_at(
                path, in_part
            ):
                yield path

    @api.model
    def _agent_guard_is_hidden_at(self, path, in_part):
        """Whether this path leads, from any model, to what agents may not see of
        another one."""
        first, *names = path.split(".")
        if not names:
            return False
        start = {
            model._fields[first].comodel_name
            for model in self.env.values()
            if first in model._fields and model._fields[first].comodel_name
        }
        return any(
            self._agent_guard_is_hidden(model, names, in_part) for model in start
        )

    @api.model
    def _agent_guard_is_hidden(self, model, names, in_part):
        field = None
        for name in names:
            field = self.env[model]._fields.get(name) if model in self.env else None
            if field is None:
                return False
            if is_secret(model, name):
                return True
            model = field.comodel_name
        return in_part and field.type in TEXTS - {"char"}


def _asked(condition, above=""):
    """(path, whether a part of it is compared) of the comparisons in a condition."""
    if not isinstance(condition, list | tuple):
        return
    if len(condition) == 3 and isinstance(condition[0], str):
        name, operator, value = condition
        if isinstance(operator, str) and operator not in OPERATORS:
            path = f"{above}{name}"
            yield path, bool(PART.search(operator))
            if "any" in operator:
                yield from _asked(value, f"{path}.")
            return
    for part in condition:
        yield from _asked(part, above)
