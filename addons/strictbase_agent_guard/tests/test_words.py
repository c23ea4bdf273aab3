# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Where words stand in a text, and where they only seem to."""

from unittest.mock import patch

from odoo.tests import BaseCase, tagged

from ..tools import words
from ..tools.words import Words, as_words

LINES = ("Ours & theirs", "Client@Outside.Example", "déjà vu, toujours", "short")


@tagged("post_install", "-at_install")
class TestWords(BaseCase):
    def known(self):
        known = Words()
        known.add("one", as_words(LINES[:2]))
        known.add("other", as_words(LINES[1:]))
        return known

    def test_as_they_are(self):
        known = self.known()
        for text, owners in (
            ("Ours & theirs", ["one"]),
            ("(Ours & theirs)", ["one"]),
            ("Ours & theirs2", []),
            ("ours & theirs", []),
            ("To: CLIENT@outside.example", ["one", "other"]),
            ("To: aclient@outside.example", []),
            ("short", []),
        ):
            self.assertEqual(known.owners_in(text), owners, text)

    def test_encoded(self):
        known = self.known()
        for text in (
            "<p>Ours &amp; theirs</p>",
            "note=Ours+%26+theirs",
            "note=Ours%20%26%20theirs",
        ):
            self.assertEqual(known.owners_in(text, encoded=True), ["one"], text)
            self.assertFalse(known.owners_in(text), text)
        for text in ('{"x": "d\\u00e9j\\u00e0 vu, toujours"}', "déjà vu, toujours"):
            self.assertEqual(known.owners_in(text, encoded=True), ["other"], text)
        text = "to=CLIENT%40OUTSIDE.EXAMPLE"
        self.assertEqual(known.owners_in(text, encoded=True), ["one", "other"])

    def test_each_is_encoded_once(self):
        known = self.known()
        with patch.object(words, "_forms", side_effect=words._forms) as forms:
            for _call in range(3):
                known.owners_in("x", encoded=True)
        self.assertEqual(forms.call_count, 3)
