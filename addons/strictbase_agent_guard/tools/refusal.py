# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How a refusal is worded. Who is refused, and when, is decided elsewhere."""

from odoo.exceptions import UserError

from .client_secrets import without_links
from .manifest import told, visible

MARKER = "AGENT_CONFIRMATION_REQUIRED"
REASON = "outbound_client_communication"
#: What a refusal is at most, in bytes: an agent pays for each.
MAX_BYTES = 600
_MORE = 30  # for saying how many recipients are left out


def refusal(items, entry=None, fault="", request="", claim=""):
    """The refusal of the published contract; further lines only follow.

    After ``detail:`` there is one ``name: value`` per line: the ``request`` that was
    kept and the ``claim`` to it, why a token was not accepted, the ``call`` that a
    token has to be issued for, how to do the internal half ``instead``, then each
    ``recipient`` and ``subject`` for which there is room.
    """
    what = " and ".join(sorted({item.channel for item in items}))
    source = f"{entry.model}.{entry.method}" if entry else "this call"
    lines = [
        MARKER,
        f"reason: {REASON}",
        _cut(f"detail: {source} would reach people outside by {what}.", 160),
    ]
    if request:
        lines += [f"request: {request}", f"claim: {claim}"]
    if fault:
        lines.append(_cut(f"token: {_one_line(fault, 400)}", 200))
    if entry:
        lines.append(_cut(f"call: {entry}", 100))
    ways = sorted({_one_line(item.instead, 160) for item in items if item.instead})
    lines += [_cut(f"instead: {way}", 170) for way in ways[:1]]
    room = MAX_BYTES - _size(lines)
    people = _people(items)
    for count, person in enumerate(people):
        line = f"recipient: {person}"
        kept = _MORE if count < len(people) - 1 else 0
        if _size([line]) + kept > room:
            lines.append(f"recipient: and {len(people) - count} more")
            return UserError("\n".join(lines))
        lines.append(line)
        room -= _size([line])
    subjects = {_one_line(i.subject) for i in items if i.subject and not i.untold}
    for subject in sorted(subjects):
        line = f"subject: {subject}"
        if _size([line]) <= room:
            lines.append(line)
            room -= _size([line])
    return UserError("\n".join(lines))


def _people(items):
    people = []
    for item in items:
        for recipient in told(item.recipients):
            text = _one_line(recipient["name"] or "", 60)
            address = _one_line(recipient["address"] or "")
            if address and address != text:
                text = f"{text} <{address}>" if text else address
            if text and text not in people:
                people.append(text)
    return people


def _size(lines):
    return sum(len(line.encode(errors="replace")) + 1 for line in lines)


def _cut(line, limit):
    data = line.encode(errors="replace")
    if len(data) <= limit:
        return line
    return data[: limit - 3].decode(errors="ignore") + "\u2026"


def _one_line(text, limit=100):
    return visible(without_links(" ".join(str(text).split())))[:limit]
