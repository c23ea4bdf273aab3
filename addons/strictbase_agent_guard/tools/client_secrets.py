# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Tokens by which whoever holds one is taken for a client.

With the token of a portal page, a rating or an invitation anybody writes in Odoo as
the customer, and no agent is seen any more. Agents do not get them: not by the name of
a field, and not in the text of an answer. The patterns are understood alike by Python
and by PostgreSQL, which compares an agent's searches with texts so blanked.
"""

import base64
import re
from contextvars import ContextVar
from functools import lru_cache

#: Fields of any model, by what their names mean, and of one model.
NAMES = re.compile(
    r"(?:^|_)(?:r?token|secret|passwd|password|pwd)$"
    r"|(?:^|_)(?:access|api|kiosk|private|secret)_key$"
    r"|^(?:access|auth|invit\w*|login|share|signup)_(?:hash|key|uuid)$"
    r"|^(?:invitation|invite|session|share|signup)_(?:link|url)$"
    r"|^session_code$"
    r"|^webhook_uuid$"
)
#: Of a conversation, also in a report of many; and of a text message of a mailing.
MODEL_FIELDS = {
    "uuid": re.compile(r"(?:^|\.)channel$"),
    "sms_code": re.compile(r"^mailing\.trace$"),
}
#: Their tokens let read one file; Odoo puts them into the text of messages.
FREE_MODELS = {"ir.attachment"}
#: Files, as an answer carries them, under whatever name.
_BASE64 = re.compile(r"[A-Za-z0-9+/]{24,}={0,2}")

HIDDEN = "hidden"
_END = r"\s\"'<>\\"
_FILE = rf"/web/(?:image|content)/[^{_END}]*"
_EQUALS = r"(?:=|%(?:25)*3[dD])"
_QUERY = (
    r"(?:[?&;]|%(?:25)*(?:3[fF]|26))"
    rf"\w*(?:token|hash|secret|signature)\w*{_EQUALS}"
)
#: Paths below which a token follows; those of the routes installed are learnt.
_PATHS = {
    r"/calendar/join_videocall/",
    r"/chat/\d+/",
    r"/rate/",
    r"/survey/(?:\w+/)?",
}
_ARGUMENT = re.compile(r"<(?:(?P<kind>\w+)(?:\([^)]*\))?:)?(?P<name>\w+)>")
_SECRET_ARGUMENT = re.compile(r"token|uuid|secret|hash")

#: True while Odoo's own code, not a caller, has a field of a record fetched.
internal_fetch = ContextVar("strictbase_agent_guard_internal_fetch", default=False)


def is_secret(model, name):
    if name in MODEL_FIELDS and MODEL_FIELDS[name].search(model):
        return True
    return model not in FREE_MODELS and _is_secret_name(str(name))


@lru_cache(maxsize=4096)
def _is_secret_name(name):
    return bool(NAMES.search(name))


# ------------------------------------------------------------------
# Links
# ------------------------------------------------------------------
def learn(rules):
    """Take note of the routes, such as ``/rate/<token>``, that have a token in them."""
    found = set()
    for rule in rules:
        path, end = "", 0
        for argument in _ARGUMENT.finditer(rule):
            path += re.escape(rule[end : argument.start()])
            if _SECRET_ARGUMENT.search(argument["name"]) and path.strip("/"):
                found.add(path)
                break
            path += r"\d+" if argument["kind"] == "int" else rf"[^/{_END}]+"
            end = argument.end()
    if not found <= _PATHS:
        _PATHS.update(found)
        _compiled.cache_clear()
        sql_pattern.cache_clear()


@lru_cache(maxsize=1)
def sql_pattern():
    paths = "|".join(sorted(_PATHS))
    return (
        rf"({_FILE})|({_QUERY})[^&#%/?{_END}]+"
        rf"|((?:{paths}))[^&#%/?{_END}]{{8,}}(?:/[^&#%/?{_END}]{{16,}})*"
    )


@lru_cache(maxsize=1)
def _compiled():
    return re.compile(sql_pattern())


def without_links(text):
    """The text with the tokens of links left out."""
    if "=" not in text and "%" not in text and "/" not in text:
        return text
    return _compiled().sub(lambda m: m[1] or f"{m[2] or m[3]}{HIDDEN}", text)


def without_secrets(value, model=""):
    """An answer of ``model`` as an agent may see it."""
    if isinstance(value, str):
        return type(value)(_text_without_links(value)) if value else value
    if isinstance(value, bytes):
        return _bytes_without_links(value)
    if isinstance(value, dict):
        return {name: _member(name, item, model) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [without_secrets(item, model) for item in value]
    return value


def _member(name, item, model):
    if isinstance(item, str) and is_secret(model, name):
        return False
    return without_secrets(item, name if "." in str(name) else model)


def _text_without_links(text):
    """A text, or a text file as base64, without the tokens of links in it."""
    if len(text) % 4 or not _BASE64.fullmatch(text):
        return without_links(text)
    try:
        content = base64.b64decode(text, validate=True).decode()
    except ValueError:
        return without_links(text)
    blanked = without_links(content)
    if blanked == content:
        return text
    return base64.b64encode(blanked.encode()).decode()


def _bytes_without_links(content):
    """What is no text, an image or an archive, is left as it is."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return content
    blanked = _text_without_links(text)
    return content if blanked == text else blanked.encode()
