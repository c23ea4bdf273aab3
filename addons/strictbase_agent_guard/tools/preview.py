# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What would be sent, as HTML for the person who decides.

The words are the agent's, and the page is the approver's: nothing of the text may run,
load, link, cover or hide. What is kept of its HTML is a short list of plain elements
without any attribute; links are shown with where they lead, images by their address.
"""

# No environment here: the caller hands its translation in.
# pylint: disable=prefer-env-translation
import re

from lxml import html as lxml_html
from markupsafe import Markup, escape

from odoo.tools import html2plaintext

from .manifest import visible

PLAIN = {
    "b", "blockquote", "br", "caption", "code", "del", "div", "em", "h1", "h2", "h3",
    "h4", "h5", "h6", "hr", "i", "li", "ol", "p", "pre", "s", "small", "span", "strong",
    "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
EMPTY = {"br", "hr"}
#: Neither these nor what they hold is shown as words.
DROPPED = {"head", "link", "meta", "script", "style", "template", "title"}
MAX_DEPTH = 60
#: Styles by which a reader does not see the words.
_HIDDEN = re.compile(
    r"display:none|visibility:hidden|font-size:0(?![.\d]*[1-9])|opacity:0(?![.\d]*[1-9])"
)


def safe_html(text):
    """The HTML of a message as plain elements, every link and image spelt out."""
    text = str(text or "")
    if not text.strip():
        return Markup()
    try:
        root = lxml_html.fragment_fromstring(text, create_parent="div")
    except (ValueError, AssertionError, lxml_html.etree.LxmlError):
        return escape(visible(text, lines=True))
    return Markup("").join(_shown(root, 0))


def _shown(node, depth):
    if not isinstance(node.tag, str) or node.tag in DROPPED:
        return
    tag = node.tag.lower()
    if depth > MAX_DEPTH:
        yield escape(visible(node.text_content()))
        return
    if tag == "img":
        what = visible(node.get("alt") or "")
        where = visible(node.get("src") or "")[:200]
        yield Markup('<span class="o_agent_image">[%s %s]</span>') % (what, where)
        return
    if tag in EMPTY:
        yield Markup("<%s>") % Markup(tag)
        return
    known = Markup(tag if tag in PLAIN else "span")
    hidden = _HIDDEN.search(re.sub(r"\s", "", node.get("style") or "").lower())
    if hidden:
        yield Markup('<small class="o_agent_hidden">\u27e6')
    yield Markup("<%s>") % known
    yield _words(node.text, tag)
    for child in node:
        yield from _shown(child, depth + 1)
        yield _words(child.tail, tag)
    yield Markup("</%s>") % known
    if hidden:
        yield Markup("\u27e7</small>")
    if tag in ("a", "area", "form", "button"):
        where = node.get("href") or node.get("action") or ""
        if where:
            yield Markup(' <code class="o_agent_link">%s</code>') % visible(where)[:500]


def _words(text, tag):
    """Space is one blank in HTML, but for where it is kept."""
    if tag == "pre":
        return escape(visible(text, lines=True))
    return escape(visible(re.sub(r"[ \t\r\n\f]+", " ", text or "")))


def plain_text(text):
    return visible(html2plaintext(str(text or "")), lines=True).strip()


def _person(recipient):
    name, address = visible(recipient["name"]), visible(recipient["address"])
    if name and address and name != address:
        return Markup("<b>%s</b> <code>%s</code>") % (name, address)
    return Markup("<b>%s</b>") % (address or name)


def _row(label, value):
    if not value:
        return Markup()
    return Markup("<tr><th>%s</th><td>%s</td></tr>") % (label, value)


def preview(lines, hidden, _):
    """All lines of a manifest; of documents in ``hidden`` only whom they reach."""
    parts = [
        _one(line, (line["model"], line["res_id"]) in hidden, _)
        for line in _together(lines)
    ]
    return Markup('<div class="o_agent_preview">%s</div>') % Markup("").join(parts)


def _together(lines):
    """The same words to the same people are shown once, by all their channels."""
    found = {}
    for line in lines:
        people = tuple((r["name"], r["address"]) for r in line["recipients"])
        of = (people, line["model"], line["res_id"], line["subject"])
        key = (*of, plain_text(line["body"])) if line["body"] else (*of, id(line))
        if key not in found:
            found[key] = dict(line)
            continue
        known = found[key]
        if line["channel"] not in known["channel"].split(", "):
            known["channel"] += f", {line['channel']}"
        for name in ("sender", "reply_to", "note"):
            known[name] = known[name] or line[name]
        for name in ("inside", "files"):
            known[name] = known[name] + [x for x in line[name] if x not in known[name]]
    return found.values()


def _one(line, is_hidden, _):
    people = Markup("<br>").join(_person(r) for r in line["recipients"])
    inside = Markup(", ").join(
        escape(visible(r["name"] or r["address"])) for r in line["inside"]
    )
    rows = [
        _row(_("By"), visible(line["channel"])),
        _row(
            _("To, outside"),
            Markup('<span class="o_agent_outside">%s</span>') % people,
        ),
        _row(_("Also to colleagues"), inside),
    ]
    if is_hidden:
        rows.append(
            _row(_("Content"), _("It is about a document that you may not read."))
        )
        return _section(rows, Markup())
    files = Markup("<br>").join(
        Markup("%s <small>%s, sha256 %s…</small>")
        % (visible(f["name"]), _size(f["size"]), f["checksum"][:16])
        for f in line["files"]
    )
    reply_to = line["reply_to"] if line["reply_to"] != line["sender"] else ""
    rows += [
        _row(_("From"), visible(line["sender"])),
        _row(_("Replies to"), visible(reply_to)),
        _row(_("Subject"), Markup("<b>%s</b>") % visible(line["subject"])),
        _row(_("About"), visible(line["record"])),
        _row(_("Attachments"), files),
        _row(_("What"), visible(line["note"])),
    ]
    body = Markup()
    if line["body"]:
        cut = Markup("<p><i>%s</i></p>") % _("The rest is left out here.")
        body = Markup(
            '<div class="o_agent_body">%s</div><details class="o_agent_text">'
            "<summary>%s</summary><pre>%s</pre></details>%s"
        ) % (
            safe_html(line["body"]),
            _("Every word of it, also hidden ones"),
            plain_text(line["body"]),
            cut if line["cut"] else Markup(),
        )
    return _section(rows, body)


def _section(rows, body):
    return Markup('<section class="o_agent_item"><table>%s</table>%s</section>') % (
        Markup("").join(rows),
        body,
    )


def _size(size):
    return f"{size / 1024:.1f} KB" if size >= 1024 else f"{size} B"


def as_text(line):
    """A line for a program, with nothing in it that a terminal would obey."""

    def person(recipient):
        return {name: visible(recipient[name]) for name in ("name", "address")}

    return {
        "channel": visible(line["channel"]),
        "recipients": [person(r) for r in line["recipients"]],
        "inside": [person(r) for r in line["inside"]],
        "sender": visible(line["sender"]),
        "reply_to": visible(line["reply_to"]),
        "subject": visible(line["subject"]),
        "body_text": plain_text(line["body"]),
        "attachments": [
            {
                "name": visible(f["name"]),
                "checksum": f["checksum"],
                "size": f["size"],
            }
            for f in line["files"]
        ],
        "model": line["model"],
        "res_id": line["res_id"],
        "record": visible(line["record"]),
        "note": visible(line["note"]),
    }
