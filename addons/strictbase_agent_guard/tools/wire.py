# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The last barrier for HTTP.

``requests`` is wrapped once for the process. The wrapper acts only while a call of
an agent is being served by a database that has the guard; in every other case,
also after the module was uninstalled, it is one look-up.
"""

from functools import wraps
from urllib.parse import urlsplit

from requests import Session

from .call_state import Egress, internal_http, peek_request

_FLAG = "_strictbase_agent_guard"


def install():
    original = Session.send
    if getattr(original, _FLAG, False):
        return

    @wraps(original)
    def send(self, request, *args, **kwargs):
        state = peek_request()
        if state is not None and not internal_http.get():
            _check(state, request)
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
