# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The last barrier for HTTP.

``requests`` is wrapped once for the process. The wrapper acts only while a call of
an agent is being served, or a job runs, in a database that has the guard; in every
other case, also after the module was uninstalled, it is two look-ups.
"""

import threading
from functools import wraps
from urllib.parse import urlsplit

from requests import Session
from requests.exceptions import ConnectionError as RequestsConnectionError

from .acts import in_job
from .call_state import Egress, internal_http, peek_request

_FLAG = "_strictbase_agent_guard"


def install():
    original = Session.send
    if getattr(original, _FLAG, False):
        return

    @wraps(original)
    def send(self, request, *args, **kwargs):
        state = peek_request()
        if internal_http.get():
            return original(self, request, *args, **kwargs)
        if state is not None:
            _check(state, request)
        elif in_job.get():
            _check_job(request)
        return original(self, request, *args, **kwargs)

    setattr(send, _FLAG, True)
    Session.send = send


def _check(state, request):
    from odoo.http import request as served

    env = served.env
    if env is None or "strictbase.agent.guard" not in env.registry:
        return
    parts = urlsplit(request.url)
    host = parts.hostname or ""
    guard = env["strictbase.agent.guard"]
    if host in guard._free_hosts():
        return
    egress = Egress(
        channel="http",
        recipients=[{"name": host, "address": host}],
        note=f"{request.method} {parts.scheme}://{host}",
    )
    guard._egress([egress], at_once=True)
    state.left = True


def _check_job(request):
    """A job tells another server nothing in words that an agent has left unseen."""
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry

    database = getattr(threading.current_thread(), "dbname", None)
    parts = urlsplit(request.url)
    body = request.body
    if isinstance(body, bytes):
        body = body.decode(errors="replace")
    # a short message may stand in the address as well as in the body
    said = [text for text in (parts.query, body) if text and isinstance(text, str)]
    if not database or not said:
        return
    registry = Registry(database)
    if "strictbase.agent.guard" not in registry:
        return
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        guard = env["strictbase.agent.guard"]
        why = guard._origin_of_text(parts.hostname or "", "\n".join(said))
    if why:
        raise RequestsConnectionError(f"held by the agent guard: {why}")
