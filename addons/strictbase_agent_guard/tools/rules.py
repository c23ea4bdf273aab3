# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What makes storing a record an outbound act.

A model's rules are what its ``_agent_guard_rules`` returns; a companion adds those of
its application by overriding that. They are asked of an agent's calls only.
"""

from collections.abc import Callable
from dataclasses import dataclass

#: For ``fields``: no value that is written, only making a row.
NEVER = frozenset()


@dataclass(frozen=True)
class Rule:
    """One way in which a row comes to send something, or says what is sent."""

    #: What it would leave by, for a rule without ``items``.
    channel: str = ""
    #: Writing one of these is the act; None is any field.
    fields: frozenset | None = None
    #: Whether this row, as it is now, sends something.
    when: Callable | None = None
    #: Making such a row is the act, too.
    created: bool = False
    #: Making one is, if its maker named one of the fields.
    given: bool = False
    #: The method that tells what would leave; by default one line for each row.
    items: str = ""
    #: How the internal half is done alone; by default without the fields.
    instead: str = ""

    def is_met(self, names, created):
        """Whether storing values of these names has to be judged."""
        if created and self.created:
            return True
        if created and not self.given:
            return False
        return self.fields is None or not self.fields.isdisjoint(names)

    def way_inside(self, names):
        """How to store the rest of the values so named, "" if there is no rest."""
        if self.instead or self.fields is None:
            return self.instead
        given = sorted(self.fields & set(names))
        return f"the rest stays inside: leave out {', '.join(given)}" if given else ""
