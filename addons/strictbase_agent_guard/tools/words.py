# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Words that are known again where they stand in another text: as they are, or encoded
for a request. Whose they are is kept with them. No database is asked here.
"""

import json
import re
from collections import defaultdict
from html import unescape
from urllib.parse import unquote_plus

#: What is shorter stands in many a text by chance.
SHORTEST = 8
#: A text of HTML in JSON in a field of a form is read so often.
LAYERS = 3
_ESCAPED = re.compile(r'(?:\\(?:u[0-9a-fA-F]{4}|["\\/bfnrt]))+')


def as_word(line):
    """As it is compared: an address is the same in whatever case it is typed."""
    line = line.strip()
    return line.lower() if "@" in line else line


def as_words(lines):
    return {word for word in map(as_word, lines) if len(word) >= SHORTEST}


class Words:
    """Each of many words once, with all whose words they are."""

    def __init__(self):
        self._owners = defaultdict(list)

    def add(self, owner, words):
        for word in words:
            self._owners[word].append(owner)

    def owners_in(self, text, encoded=False):
        """Whose words stand in this text, in whatever form if it is ``encoded``."""
        if not self._owners:
            # a body of megabytes is read in a second
            return []
        texts = _readings(text) if encoded else {text}
        lowered = {text.lower() for text in texts}
        stands = str.__contains__ if encoded else _stands
        found = {}
        for word, owners in self._owners.items():
            given = lowered if "@" in word else texts
            if any(stands(one, word) for one in given):
                found.update((id(owner), owner) for owner in owners)
        return list(found.values())


def _stands(text, word):
    """Whether this word stands in a text, not as a part of longer ones."""
    start = text.find(word)
    while start >= 0:
        around = text[start - 1 : start] + text[start + len(word) :][:1]
        if not any(char.isascii() and char.isalnum() for char in around):
            return True
        start = text.find(word, start + 1)
    return False


def _readings(text):
    """This text, and what it is if it is JSON, XML or a form: one in another, too."""
    found = new = {text}
    for _layer in range(LAYERS):
        new = {read(one) for one in new for read in _READERS} - found
        found = found | new
    return found


def _from_json(text):
    return _ESCAPED.sub(lambda escaped: json.loads(f'"{escaped[0]}"'), text)


_READERS = (unescape, unquote_plus, _from_json)
