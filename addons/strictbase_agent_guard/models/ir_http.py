# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from psycopg2 import OperationalError

from odoo import api, models
from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.http import Response, SessionExpiredException, request

from ..tools.call_state import refuse_to_commit
from ..tools.client_secrets import learn, without_links, without_secrets

#: Send primitives and account methods that no agent may call itself, with no token
#: either: they take recipients or servers of the caller's choice, or change who can
#: sign in. "*" is any model.
CLOSED_METHODS = {
    "*": {
        "get_portal_url",
        "message_process",
        "message_route",
        "message_route_verify",
    },
    "mail.mail": {
        "action_retry",
        "action_send_and_close",
        "mark_outgoing",
        "process_email_queue",
        "send",
        "send_after_commit",
    },
    "mail.push.device": {"register_devices", "unregister_devices"},
    "res.partner": {
        "action_signup_prepare",
        "signup_cancel",
        "signup_get_auth_param",
        "signup_prepare",
    },
    "res.users": {
        "action_reset_password",
        "action_revoke_all_devices",
        "action_signup_prepare",
        "action_totp_enable_wizard",
        "action_totp_invite",
        "api_key_wizard",
        "authenticate",
        "change_password",
        "reset_password",
        "signup",
        "signup_cancel",
        "signup_get_auth_param",
        "signup_prepare",
        "web_create_users",
    },
    # by another key only if an administrator has allowed that for everybody
    "res.users.apikeys": {"remove"},
    "res.users.apikeys.description": {"make_key"},
}
#: Of these an agent may call reading methods only.
CLOSED_MODELS = {"ir.mail_server", "fetchmail.server", "ir.cron", "ir.default"}
READING = {
    "default_get",
    "fields_get",
    "get_views",
    "has_access",
    "name_search",
    "read",
    "read_group",
    "formatted_read_group",
    "search",
    "search_count",
    "search_fetch",
    "search_read",
    "web_read",
    "web_search_read",
}
SERVER_ACTIONS = "strictbase_agent_guard.server_actions"


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _authenticate_explicit(cls, auth):
        agents = request.env["res.users"]._agent_guard_uids()
        if agents and request.session.uid in agents:
            # an agent has a key, never a session: also not one from before
            request.session.logout(keep_db=True)
            request.env = api.Environment(request.env.cr, None, request.session.context)
        res = super()._authenticate_explicit(auth)
        if auth == "bearer":
            # another process may have made an agent without a word to this one
            request.env["res.users"]._agent_guard_refresh()
        if auth != "bearer" and agents and request.env.uid in agents:
            raise SessionExpiredException("Session expired")
        return res

    @classmethod
    def _dispatch(cls, endpoint):
        call = cls._agent_guard_called()
        env = request.env
        uid = env.uid
        is_agent = uid in env["res.users"]._agent_guard_uids()
        if not is_agent and not (call and call["context"].get("agent_mode")):
            return super()._dispatch(endpoint)
        guard = env["strictbase.agent.guard"]
        if call is None:
            call = {
                "model": "",
                "method": request.httprequest.path,
                "ids": (),
                "context": {},
            }
        cls._agent_guard_check_ids(call)
        if is_agent:
            cls._agent_guard_check_entry(call)
            cls._agent_guard_learn_routes(env)
        state = guard._open_call(
            uid, call["model"], call["method"], call["ids"], call["context"]
        )
        refuse_to_commit(env.cr, state)
        if isinstance(call["context"], dict):
            # it goes nowhere from here: contexts are stored and returned
            call["context"].pop("agent_confirmation_token", None)
        try:
            result = super()._dispatch(endpoint)
            # e-mails of tracked changes are decided here
            env.cr.flush()
        except (OperationalError, ConcurrencyError):
            raise  # Odoo tries again
        except Exception as exc:
            if state.refused:
                raise state.error() from exc
            if is_agent:
                exc.args = tuple(without_secrets(list(exc.args)))
            raise
        # also when code in between has swallowed the refusal
        state.raise_if_refused()
        return cls._agent_guard_answer(result, call) if is_agent else result

    @classmethod
    def _agent_guard_learn_routes(cls, env):
        """Once for each registry, as its routes are kept."""
        if not getattr(env.registry, "_agent_guard_routes", False):
            learn(rule.rule for rule in env["ir.http"].routing_map().iter_rules())
            env.registry._agent_guard_routes = True

    @classmethod
    def _agent_guard_answer(cls, result, call):
        """The answer without what a client is known by."""
        if not isinstance(result, Response):
            return without_secrets(result, call["model"])
        if not result.is_streamed and result.mimetype == "application/json":
            result.set_data(without_links(result.get_data(as_text=True)))
        return result

    @classmethod
    def _agent_guard_called(cls):
        """The model method that this request calls, None if it calls none."""
        params = request.params
        if "__model__" in params and "__method__" in params:
            context = params.get("context")
            return {
                "model": params["__model__"],
                "method": params["__method__"],
                "ids": params.get("ids") or (),
                "context": context if isinstance(context, dict) else {},
            }
        if isinstance(params.get("model"), str) and isinstance(
            params.get("method"), str
        ):
            kwargs = params.get("kwargs")
            context = kwargs.get("context") if isinstance(kwargs, dict) else None
            args = params.get("args")
            ids = ()
            model = request.env.registry.get(params["model"])
            method = getattr(model, params["method"], None)
            if args and not hasattr(method, "_api_model"):
                ids = args[0] if isinstance(args[0], list | int) else ()
            return {
                "model": params["model"],
                "method": params["method"],
                "ids": ids,
                "context": context if isinstance(context, dict) else {},
            }
        return None

    @classmethod
    def _agent_guard_check_ids(cls, call):
        """What a token names has to be exactly what the call works on."""
        ids = call["ids"]
        if type(ids) is int or not ids:
            return
        if not isinstance(ids, list | tuple) or any(type(i) is not int for i in ids):
            raise UserError(request.env._("The ids of a call have to be integers."))

    @classmethod
    def _agent_guard_check_entry(cls, call):
        model, method = call["model"], call["method"]
        closed = method in CLOSED_METHODS["*"]
        closed |= method in CLOSED_METHODS.get(model, ())
        closed |= model in CLOSED_MODELS and method not in READING
        if model == "ir.actions.server" and method not in READING:
            closed = method != "run" or not cls._agent_guard_actions_allowed(call)
        if closed:
            raise AccessError(
                request.env._(
                    "%(model)s.%(method)s is not open to agents.",
                    model=model,
                    method=method,
                )
            )

    @classmethod
    def _agent_guard_actions_allowed(cls, call):
        """Whether every action is in the list that an administrator has made."""
        env = request.env
        listed = env["ir.config_parameter"].sudo().get_param(SERVER_ACTIONS) or ""
        allowed = set()
        for name in filter(None, (part.strip() for part in listed.split(","))):
            if name.isdigit():
                allowed.add(int(name))
            else:
                action = env.ref(name, raise_if_not_found=False)
                if action:
                    allowed.add(action.id)
        ids = env["strictbase.agent.confirmation"]._entry("", "", call["ids"]).ids
        return bool(ids) and set(ids) <= allowed
