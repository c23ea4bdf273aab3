# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Whether a text would run in the browser of whoever opens it. No more than that: what
Odoo sanitizes by itself is not asked here.
"""

import re
from html import unescape

_TAG = re.compile(
    r"<\s*/?\s*(?:\w+:)?"
    r"(?:animate\w*|applet|base|embed|foreignobject|frame|frameset|handler|iframe|link|"
    r"meta|object|script|set)\b",
    re.IGNORECASE,
)
_HANDLER = re.compile(r"<[^>]*[\s\"'/](?:on\w+|srcdoc|formaction)\s*=", re.IGNORECASE)
_SCHEME = r"(?:javascript|vbscript|data\s*:\s*(?:text/(?:html|xml)|image/svg))"
_ATTRIBUTE = re.compile(rf"<[^>]*=\s*[\"']?{_SCHEME}\s*[:+;,]", re.IGNORECASE)
_ADDRESS = re.compile(rf"{_SCHEME}\s*[:+;,]", re.IGNORECASE)
_BESIDE_COLOUR = re.compile(
    r";\s*[\w-]+\s*:|[{}<>\\]|/\*|(?:url|image|image-set|src)\s*\(", re.IGNORECASE
)
#: Browsers leave these out where they look for the scheme of an address.
_IGNORED = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\ufeff]|&(?:tab|newline);", re.I
)


def is_active(text):
    """Whether this HTML has a script, or something that loads or starts one."""
    plain = _IGNORED.sub("", unescape(_IGNORED.sub("", str(text))))
    plain = re.sub(r"[\t\n\r]", " ", plain)
    tight = re.sub(r"(?<=[=:\"'a-z])\s+(?=[a-z:])", "", plain, flags=re.IGNORECASE)
    return any(
        found.search(form)
        for form in (str(text), plain, tight)
        for found in (_TAG, _HANDLER, _ATTRIBUTE)
    )


def is_active_address(text):
    """Whether following this address runs something."""
    address = re.sub(r"\s", "", _IGNORED.sub("", unescape(str(text))))
    return bool(_ADDRESS.match(address))


def is_more_than_colour(text):
    """Whether this text, of a field that pages put into a style, says more there: loads
    an image, or lays something over the page."""
    return bool(_BESIDE_COLOUR.search(str(text)))


def is_active_link(text):
    """Whether this text, of a field that may be shown as a link, is such an address.

    Beside what is one, a title may begin so: it has blanks, and no host.
    """
    text = str(text).strip()
    return is_active_address(text) and ("//" in text or not re.search(r"\s", text))
