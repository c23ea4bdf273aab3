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
#: In a text about a record, words of what belongs to that record count from here on.
SHORTEST_ABOUT = 3
#: A text of HTML in JSON in a field of a form is read so often.
LAYERS = 3
_LETTER = re.compile(r"[^\W\d_]")
_FOLD = re.compile(r"\r?\n[ \t]")
_ESCAPED = re.compile(r'(?:\\(?:u[0-9a-fA-F]{4}|["\\/bfnrt]))+')


def as_word(line):
    """As it is compared: an address is the same in whatever case it is typed."""
    line = line.strip()
    return line.lower() if "@" in line else line


def as_words(lines, shortest=SHORTEST):
    return {
        word
        for word in map(as_word, lines)
        # a short number is in many a text
        if len(word) >= shortest and (len(word) >= SHORTEST or _LETTER.search(word))
    }


def stands_in(text, word):
    """Whether this word stands in a text, not as a part of longer ones."""
    start = text.find(word)
    while start >= 0:
        around = text[start - 1 : start] + text[start + len(word) :][:1]
        if not any(char.isascii() and char.isalnum() for char in around):
            return True
        start = text.find(word, start + 1)
    return False


class Words:
    """Each of many words once, with all whose words they are."""

    def __init__(self):
        self._owners = defaultdict(list)

    def __bool__(self):
        return bool(self._owners)

    def add(self, owner, words):
        for word in words:
            self._owners[word].append(owner)

    def owners_in(self, text, encoded=False):
        """Whose words stand in this text, in whatever form if it is ``encoded``."""
        return [owner for owner, _words in self.said_in(text, encoded)]

    def said_in(self, text, encoded=False):
        """The same, with the words of each that stand there."""
        if not self._owners:
            # a body of megabytes is read in a second
            return []
        texts = _readings(text) if encoded else {text}
        lowered = {text.lower() for text in texts}
        stands = str.__contains__ if encoded else stands_in
        found = {}
        for word, owners in self._owners.items():
            given = lowered if "@" in word else texts
            # what is short is in many a longer word
            as_it_is = stands if len(word) >= SHORTEST else stands_in
            if any(as_it_is(one, word) for one in given):
                for owner in owners:
                    found.setdefault(id(owner), (owner, set()))[1].add(word)
        return list(found.values())


def _readings(text):
    """This text, and what it is if it is JSON, XML or a form: one in another, too."""
    found = new = {text}
    for _layer in range(LAYERS):
        new = {read(one) for one in new for read in _READERS} - found
        found = found | new
    return found


def _from_json(text):
    return _ESCAPED.sub(lambda escaped: json.loads(f'"{escaped[0]}"'), text)


def _unfolded(text):
    """Lines of a calendar file go on in the next one, and say a comma in their way."""
    return _FOLD.sub("", text).replace("\\,", ",").replace("\\;", ";")


_READERS = (unescape, unquote_plus, _from_json, _unfolded)
