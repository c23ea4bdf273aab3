# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Which half of a refused act is internal, and how to do just that.

Odoo sends some letters along with a change that is nobody's business outside. The
refusal of the letter tells how the change is made without it.
"""

from contextlib import contextmanager
from contextvars import ContextVar

from odoo import api, models

from ..tools.call_state import peek

_way = ContextVar("strictbase_agent_guard_way", default="")

WITHOUT_TEMPLATE = (
    'the change without the letter: repeat the call with "tracking_disable": true in '
    "its context"
)
AS_A_NOTE = (
    'for colleagues only: subtype_xmlid "mail.mt_note", and no partner_ids from outside'
)


@contextmanager
def _way_inside(text):
    token = _way.set(text)
    try:
        yield
    finally:
        _way.reset(token)


class StrictbaseAgentGuard(models.AbstractModel):
    # a part of it by its concern
    _inherit = "strictbase.agent.guard"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _new_egress(self, channel, recipients, record=None, **values):
        if _way.get():
            values.setdefault("instead", _way.get())
        return super()._new_egress(channel, recipients, record, **values)


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"  # pylint: disable=consider-merging-classes-inherited

    def _message_track_post_template(self, changes):
        with _way_inside(WITHOUT_TEMPLATE):
            return super()._message_track_post_template(changes)

    def message_post(self, **kwargs):
        # what is posted on the way of something else is not the caller's to word
        state = peek(self.env)
        entry = state.entry if state is not None else None
        if (
            _way.get()
            or self._name == "discuss.channel"
            or entry is None
            or not entry.method.startswith("message_post")
        ):
            return super().message_post(**kwargs)
        with _way_inside(AS_A_NOTE):
            return super().message_post(**kwargs)
