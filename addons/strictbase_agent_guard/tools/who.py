# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Who acts. Asked at everybody's every create, write and search, so these are functions
of an environment that end, for a person, after a few lookups and without a query.

Whether an act is a person's own or a job's is asked in ``agent_origin``.
"""

from odoo import http

from .call_state import is_any_kept, peek


def agents_of(env):
    """Ids of all agents of the database: in the cache that Odoo empties wherever
    somebody's groups change, in this process or another."""
    cache = env.transaction.registry._Registry__caches["groups"]
    try:
        return cache[_AGENTS]
    except KeyError:
        found = cache[_AGENTS] = env["res.users"]._agent_guard_query()
        return found


def is_internal(env, uid):
    """Whether this user is an employee, as Odoo keeps whose groups are which."""
    cache = env.transaction.registry._Registry__caches["default"]
    key = "res.users", is_internal, uid
    try:
        return cache[key]
    except KeyError:
        user = env["res.users"].sudo().browse(uid)
        found = cache[key] = user._is_internal()
        return found


def actor_of(env):
    """The user whose messages need approval, None when nobody's do."""
    agents = agents_of(env)
    if agents and (agent := _caller(env, agents)) is not None:
        return agent
    if is_any_kept() and (state := peek(env)) is not None:
        return state.actor
    if env.context.get("agent_mode"):
        return env.uid
    return None


def agent_of(env):
    """The agent behind a call, None if there is none."""
    agents = agents_of(env)
    if not agents:
        return None
    if (agent := _caller(env, agents)) is not None:
        return agent
    if is_any_kept() and (state := peek(env)) is not None:
        return state.actor if state.actor in agents else None
    return None


def _caller(env, agents):
    """The transaction's default environment keeps the caller through ``sudo`` and
    ``with_user``, and the request keeps it in another cursor."""
    if env.uid in agents:
        return env.uid
    default = env.transaction.default_env
    if default is not None and default.uid in agents:
        return default.uid
    request = http._request_stack.top
    if (
        request is not None
        and isinstance(request, http.Request)
        and request.env is not None
        and request.db == env.cr.dbname
        and request.env.uid in agents
    ):
        return request.env.uid
    return None


#: As Odoo's own decorator would name it, so that its statistics can read it.
_AGENTS = ("res.users", agents_of)
