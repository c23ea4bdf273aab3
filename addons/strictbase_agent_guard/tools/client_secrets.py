# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Tokens by which whoever holds one is taken for a client.

With the token of a portal page, a rating or an invitation anybody writes in Odoo as
the customer, and no agent is seen any more. Agents do not get them: not by the name of
a field, and not in the text of an answer.
"""

import re
from contextlib import contextmanager
from contextvars import ContextVar

#: Fields of any model, and of one.
FIELDS = {
    "access_token",
    "invitation_url",
    "invite_token",
    "share_link",
    "signup_token",
    "signup_url",
}
MODEL_FIELDS = {"discuss.channel": {"uuid"}}
#: Their tokens let read one file; Odoo puts them into the text of messages.
FREE_MODELS = {"ir.attachment"}

HIDDEN = "hidden"
_FILE = r"/web/(?:image|content)/[^\s\"'<>\\]*"
_QUERY = r"(?:[?&;]|%3[fF]|%26)(?:\w*token|hash)(?:=|%3[dD])"
_PATH = r"/(?:calendar/join_videocall|chat/\d+|rate)/"
_LINK = re.compile(rf"({_FILE})|({_QUERY}|{_PATH})[^&#%/?\s\"'<>\\]{{8,}}")

#: True while Odoo's own code, not a caller, has a field of a record fetched.
internal_fetch = ContextVar("strictbase_agent_guard_internal_fetch", default=False)


@contextmanager
def permit_fetch():
    token = internal_fetch.set(True)
    try:
        yield
    finally:
        internal_fetch.reset(token)


def is_secret(model, name):
    if name in FIELDS:
        return model not in FREE_MODELS
    return name in MODEL_FIELDS.get(model, ())


def without_links(text):
    """The text with the tokens of links left out."""
    if "=" not in text and "%3" not in text and "/" not in text:
        return text
    return _LINK.sub(lambda m: m[1] or f"{m[2]}{HIDDEN}", text)


def without_secrets(value, model=""):
    """An answer of ``model`` as an agent may see it."""
    if isinstance(value, str):
        return type(value)(without_links(value)) if value else value
    if isinstance(value, dict):
        return {
            name: (
                False
                if isinstance(item, str) and is_secret(model, name)
                else without_secrets(item, name if "." in str(name) else model)
            )
            for name, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [without_secrets(item, model) for item in value]
    return value
