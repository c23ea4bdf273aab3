# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a call would send, as it is kept, shown and compared.

A line of a manifest is a plain dictionary, one for each thing that leaves. Two lines
say the same if their ``compare`` is equal; recipients are compared apart, since fewer
of them are allowed. What Odoo makes anew at every try (ids and names of rows that the
call itself makes, tokens in links to Odoo, dates in a printed PDF or an invitation) is
left out of the comparison, and nothing else. No database is asked here.
"""

import hashlib
import json
import re
import unicodedata
from collections import Counter, defaultdict

from .client_secrets import without_links

#: In the words that differ; the order is that in which a person is told.
WORDS = {
    "channel": "the channel differs",
    "record": "the record differs",
    "sender": "the sender differs",
    "reply_to": "the address for replies differs",
    "subject": "the subject differs",
    "text": "the text differs",
    "note": "what is done differs",
    "state": "the record has changed",
    "call": "the arguments of the call differ",
}
NEW = "new"
_PDF_DATE = re.compile(
    rb"/(?:CreationDate|ModDate)\s*\(D(?::|\\072)[0-9+\-'Z\\]*\)"
    rb"|/ID\s*\[\s*<[0-9A-Fa-f]*>\s*<[0-9A-Fa-f]*>\s*\]"
    rb"|<xmp:(?:CreateDate|ModifyDate|MetadataDate)>[0-9T:+\-Z.]*</xmp:\w+>"
)
#: When an invitation was written, and the number that it gets for that.
_CALENDAR_STAMP = re.compile(
    r"^(?:(?:CREATED|DTSTAMP|LAST-MODIFIED)(?:;[^:\r\n]*)?:[0-9TZ]*"
    r"|UID:[0-9]{8}T[0-9]{6}Z ?- ?[0-9]+@[^\r\n]*)\r?\n",
    re.MULTILINE,
)
#: Steering of the direction of writing, and what cannot be seen at all.
_UNSEEN = {"Cf", "Cc", "Cs", "Co", "Cn"}
_SEEN = "\n\t"
#: What mail programs are given to fill the preview of a letter with.
_FILLER = re.compile("(?:[\u034f\u200b-\u200d\u00a0\ufeff\u00ad] ?){20,}")
#: Joiners that some scripts and emoji need, between letters.
_JOINERS = "\u200c\u200d"


def canonical(value):
    """The one JSON text of a value: for digests, here and in other languages."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str
    )


def digest(value):
    text = value if isinstance(value, str) else canonical(value)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def file_digest(data):
    """The checksum of a file; of a PDF without the moment of its printing, of an
    invitation without that of its writing."""
    data = data or b""
    if data.startswith(b"%PDF"):
        data = _PDF_DATE.sub(b"", data)
    elif data.startswith(b"BEGIN:VCALENDAR"):
        text = re.sub(r"\r?\n[ \t]", "", data.decode(errors="surrogateescape"))
        text = without_links(_CALENDAR_STAMP.sub("", text))
        data = text.encode(errors="surrogateescape")
    return hashlib.sha256(data).hexdigest()


def comparable(text, base_url="", ids=None, names=()):
    """A text without what Odoo makes anew at every try.

    :param ids: labels for ids of rows that this call has made, for links to Odoo
    :param names: names of such rows
    """
    text = str(text or "")
    own = r"(?<==[\"'])/(?!/)"
    if base_url:
        own = f"(?:{own}|{re.escape(base_url.rstrip('/'))}(?=[/?#\\s\"'<>]|$))"

    def fixed(match):
        link = without_links(match[0])
        return re.sub(r"\d+", lambda m: (ids or {}).get(int(m[0]), m[0]), link)

    text = re.sub(own + r"[^\s\"'<>]*", fixed, text)
    for name in names:
        if name:
            text = text.replace(name, NEW)
    return " ".join(text.split())


def visible(text, lines=False):
    """The text with everything that hides or reorders it made visible."""
    text = _FILLER.sub("", str(text or ""))
    shown = []
    for index, char in enumerate(text):
        if char in _JOINERS and 0 < index < len(text) - 1:
            around = text[index - 1] + text[index + 1]
            if all(ord(c) > 0x2FF and unicodedata.category(c) != "Cf" for c in around):
                shown.append(char)
                continue
        if char in _SEEN and lines:
            shown.append(char)
        elif char in "\r\n\u2028\u2029\x0b\x0c\x85":
            shown.append("\n" if lines else " \u23ce ")
        elif char == "\t":
            shown.append(" ")
        elif (
            unicodedata.category(char) in _UNSEEN or char in "\u115f\u1160\u3164\uffa0"
        ):
            shown.append(f"\u27e6U+{ord(char):04X}\u27e7")
        else:
            shown.append(char)
    return "".join(shown)


def key_of(recipient):
    """What a recipient is known by: the address; who has none, the name."""
    address = (recipient.get("address") or "").strip().lower()
    return address or f"\u0000{recipient.get('name') or ''}"


def told(recipients):
    """Those of whom the agent is told: it may read the records that name them."""
    return [recipient for recipient in recipients if not recipient.get("untold")]


def told_line(line):
    """A line as its agent may see it."""
    if not line.get("untold"):
        return {**line, "recipients": told(line["recipients"])}
    nothing = {"subject": "", "body": "", "record": "", "note": "", "files": []}
    return {**line, **nothing, "recipients": [], "inside": []}


def lines_of(items):
    """The manifest of these items: what was judged twice counts once, as it is last."""
    found = {}
    for index, item in enumerate(items):
        row = (item.channel, *item.target) if item.target[1] else index
        found.pop(row, None)
        found[row] = item
    return [item.line for item in found.values() if item.line]


def digest_of(entry, lines):
    """One digest for a manifest: the same call that would send the same again."""
    kept = sorted(
        canonical([line["compare"], sorted(map(key_of, line["recipients"]))])
        for line in lines
    )
    return digest([str(entry), kept])


class Approved:
    """An approved manifest while its call is made again."""

    def __init__(self, lines):
        self.lines = lines
        self.allowed = defaultdict(Counter)
        for line in lines:
            self.allowed[canonical(line["compare"])].update(
                map(key_of, line["recipients"])
            )
        self.taken = {}

    def covers(self, item):
        """Whether this was approved, and not yet sent more often than approved."""
        line = item.line
        if self._is_carrier(line):
            return True
        key = canonical(line["compare"])
        wanted = Counter(map(key_of, line["recipients"]))
        if not wanted or key not in self.allowed:
            return False
        # a row that is judged again takes the place of itself
        row = (item.channel, *item.target) if item.target[1] else object()
        spent = Counter()
        for other, (other_key, counted) in self.taken.items():
            if other != row and other_key == key and line["channel"] != "http":
                spent.update(counted)
        allowed = self.allowed[key]
        if any(allowed[who] - spent[who] < n for who, n in wanted.items()):
            return False
        self.taken[row] = (key, wanted)
        return True

    def begins(self, item):
        """Whether this is what was approved, but for files that it has not got yet."""
        line = item.line
        files = Counter(map(tuple, line["compare"]["files"]))
        wanted = Counter(map(key_of, line["recipients"]))
        said = {**line["compare"], "files": None}
        return any(
            files < Counter(map(tuple, other["compare"]["files"]))
            and said == {**other["compare"], "files": None}
            and wanted <= Counter(map(key_of, other["recipients"]))
            for other in self.lines
        )

    def _is_carrier(self, line):
        """Whether an approved document is carried by this, to nobody else."""
        wanted = set(map(key_of, line["recipients"]))
        for document in self.lines:
            if line["channel"] not in document["opens"]:
                continue
            if line["channel"] == "http":
                return True
            if document["compare"]["record"] == line["compare"]["record"] and (
                wanted <= set(map(key_of, document["recipients"]))
            ):
                return True
        return False


def differences(approved, now, for_agent=False):
    """What a person did not approve, in words; empty if nothing."""
    left = list(approved)
    found = []
    others = []
    for line in now:
        same = next((a for a in left if a["compare"] == line["compare"]), None)
        if same is None:
            others.append(line)
            continue
        left.remove(same)
        found += _recipients(same, line, for_agent)
    for line in others:
        near = max(left, key=lambda a: _likeness(a, line), default=None)
        if near is None or not _likeness(near, line):
            whom = ", ".join(_name(r, for_agent) for r in line["recipients"][:3])
            found.append(f"also {line['channel']} to {whom}")
            continue
        left.remove(near)
        found += _recipients(near, line, for_agent)
        was, is_now = near["compare"], line["compare"]
        found += [
            words for name, words in WORDS.items() if was.get(name) != is_now.get(name)
        ]
        found += _files(was.get("files") or [], is_now.get("files") or [])
    if not found and len(now) > len(approved):
        found.append("it is sent more often")
    return list(dict.fromkeys(found))


def _likeness(one, other):
    was, now = one["compare"], other["compare"]
    same = sum(was.get(name) == now.get(name) for name in WORDS)
    return same if was.get("channel") == now.get("channel") else 0


def _name(recipient, for_agent):
    if for_agent and recipient.get("untold"):
        return "others"
    name = visible(recipient.get("name"))
    address = visible(recipient.get("address"))
    if name and address and name != address:
        return f"{name} <{address}>"
    return address or name


def _recipients(was, now, for_agent):
    before = Counter(map(key_of, was["recipients"]))
    added = [r for r in now["recipients"] if not before[key_of(r)]]
    if not added:
        return []
    gone_by_name = {
        r.get("name"): r
        for r in was["recipients"]
        if r.get("name") and key_of(r) not in set(map(key_of, now["recipients"]))
    }
    found = []
    for recipient in added:
        former = gone_by_name.get(recipient.get("name"))
        if former and not (for_agent and recipient.get("untold")):
            found.append(
                f"address of {visible(recipient['name'])}: "
                f"{visible(recipient.get('address'))} instead of "
                f"{visible(former.get('address'))}"
            )
        else:
            found.append(f"recipient added: {_name(recipient, for_agent)}")
    return list(dict.fromkeys(found))


def _files(was, now):
    before = Counter(map(tuple, was))
    after = Counter(map(tuple, now))
    gone = {name for name, _checksum in before - after}
    come = {name for name, _checksum in after - before}
    found = [f"attachment changed: {visible(name)}" for name in sorted(gone & come)]
    found += [f"attachment added: {visible(name)}" for name in sorted(come - gone)]
    found += [f"attachment missing: {visible(name)}" for name in sorted(gone - come)]
    return found
