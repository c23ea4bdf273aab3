# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The refusal of a call on its way out: all of the call is undone, then it is filed.

What is kept is ``agent_request``'s; here is only when and as whom.
"""

import logging
from contextlib import contextmanager

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.http import request as served

from ..tools.call_state import detach, peek_request
from ..tools.refusal import MARKER
from .agent_request_status import TOLD

_logger = logging.getLogger(__name__)


class IrHttp(models.AbstractModel):
    # a concern of its own, apart from what ir_http.py lets in
    _inherit = "ir.http"  # pylint: disable=consider-merging-classes-inherited

    @classmethod
    def _handle_error(cls, exception):
        state = peek_request()
        if (
            state is None
            or not state.is_agent
            or not state.refused
            or not isinstance(exception, UserError)
            or not str(exception).startswith(MARKER)
        ):
            return super()._handle_error(exception)
        said = exception.args
        cls._agent_guard_file(exception, state)
        response = super()._handle_error(exception)
        # what is logged is told without the claim
        exception.args = said
        return response

    @classmethod
    def _agent_guard_file(cls, exception, state):
        """Keep what was refused, once all else of the call has been undone."""
        env = served.env
        state.closed = True
        detach(env)
        if state.stopped:
            return
        why = ""
        try:
            state.arguments = env["strictbase.agent.guard"]._arguments()
            env.cr.rollback()
            with cls._agent_guard_as_root(env) as root:
                confirmations = root["strictbase.agent.confirmation"]
                row, why = confirmations._file(state)
                if row:
                    state.request = row.request_uuid
                    state.claim = confirmations._claim(row.request_uuid, state.actor)
                    exception.context = {
                        "agent_confirmation": {
                            "request": state.request,
                            "claim": state.claim,
                            "state": TOLD.get(row.state, row.state),
                            "expires_at": fields.Datetime.to_string(row.expires_at),
                            "arguments_digest": row.arguments_digest or "",
                        }
                    }
        except Exception:  # noqa: BLE001
            # it stays refused; only nobody is asked
            _logger.exception("A refused call of an agent could not be kept")
            why = "the request could not be kept; ask an administrator"
        state.unkept = why
        exception.args = state.error().args
        if state.request and state.differs:
            exception.context["agent_confirmation"]["differs"] = state.differs

    @classmethod
    @contextmanager
    def _agent_guard_as_root(cls, env):
        """Not the agent's work any more, so that none of it is judged as such."""
        with _writing(env) as cr:
            root = api.Environment(cr, SUPERUSER_ID, {})
            transaction, default = root.transaction, root.transaction.default_env
            transaction.default_env = served.env = root
            try:
                yield root
            finally:
                transaction.default_env = default
                served.env = env


@contextmanager
def _writing(env):
    """The request's own cursor, rolled back; another one if it only reads."""
    if not env.cr.readonly:
        yield env.cr
        return
    with env.registry.cursor() as cr:
        yield cr
