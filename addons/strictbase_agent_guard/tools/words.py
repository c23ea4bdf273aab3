# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Words that are known again where they stand in another text: as they are, or encoded
for a request. Whose they are is kept with them. No database is asked here.
"""

import json
from collections import defaultdict
from html import escape
from urllib.parse import quote, quote_plus

#: What is shorter stands in many a text by chance.
SHORTEST = 8


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
        self._forms = None

    def add(self, owner, words):
        for word in words:
            self._owners[word].append(owner)

    def owners_in(self, text, encoded=False):
        """Whose words stand in this text, in whatever form if it is ``encoded``."""
        lowered = text.lower()
        found = {}
        for word, owners in self._owners.items():
            given = lowered if "@" in word else text
            if encoded:
                stands = any(form in given for form in self._encoded()[word])
            else:
                stands = _stands(word, given)
            if stands:
                found.update((id(owner), owner) for owner in owners)
        return list(found.values())

    def _encoded(self):
        if self._forms is None:
            self._forms = {word: _forms(word) for word in self._owners}
        return self._forms


def _stands(word, text):
    """Whether this word stands in a text, not as a part of longer ones."""
    start = text.find(word)
    while start >= 0:
        around = text[start - 1 : start] + text[start + len(word) :][:1]
        if not any(char.isascii() and char.isalnum() for char in around):
            return True
        start = text.find(word, start + 1)
    return False


def _forms(word):
    """How it stands in the body of a request: plain text, JSON, XML or a form."""
    forms = {
        word,
        json.dumps(word)[1:-1],
        json.dumps(word, ensure_ascii=False)[1:-1],
        escape(word),
        quote(word),
        quote_plus(word),
    }
    return {form.lower() for form in forms} if "@" in word else forms
