# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How a refusal is worded. Who is refused, and when, is decided elsewhere."""

from odoo.exceptions import UserError

from .client_secrets import without_links

MARKER = "AGENT_CONFIRMATION_REQUIRED"
REASON = "outbound_client_communication"
MAX_LISTED = 50


def refusal(items, entry=None, fault=""):
    """The refusal of the published contract; further lines only follow.

    After ``detail:`` there is one ``name: value`` per line: the ``call`` that a token
    has to be issued for, each ``recipient`` and ``subject``, how to do the internal
    half ``instead``, and, when a token was presented, why it was not accepted.
    """
    channels = sorted({item.channel for item in items})
    people = []
    for item in items:
        for recipient in item.recipients:
            text = _one_line(recipient["name"] or "")
            address = _one_line(recipient["address"] or "")
            if address and address != text:
                text = f"{text} <{address}>" if text else address
            if text and text not in people:
                people.append(text)
    what = " and ".join(channels)
    source = f"{entry.model}.{entry.method}" if entry else "this call"
    lines = [
        MARKER,
        f"reason: {REASON}",
        f"detail: {source} would reach people outside by {what}.",
    ]
    if entry:
        lines.append(f"call: {entry}")
    lines += [f"recipient: {person}" for person in people[:MAX_LISTED]]
    if len(people) > MAX_LISTED:
        lines.append(f"recipient: and {len(people) - MAX_LISTED} more")
    subjects = {_one_line(item.subject) for item in items if item.subject}
    lines += [f"subject: {subject}" for subject in sorted(subjects)[:5]]
    ways = {_one_line(item.instead) for item in items if item.instead}
    lines += [f"instead: {way}" for way in sorted(ways)[:5]]
    if fault:
        lines.append(f"token: {fault}")
    return UserError("\n".join(lines))


def _one_line(text):
    return without_links(" ".join(str(text).split()))[:200]
