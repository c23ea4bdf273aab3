# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Where words stand in a text, and where they only seem to."""

import html
import json
from unittest.mock import patch
from urllib.parse import quote, quote_plus, urlencode

from lxml import etree

from odoo.tests import BaseCase, tagged
from odoo.tools import html_escape

from ..tools import words
from ..tools.words import Words, as_words

LINES = ("Ours & theirs", "Client@Outside.Example", "déjà vu, toujours", "short")
MIXED = "Tom & Jerry's “offer” 🎉 / 50%"


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

    def test_encoded_in_one_another(self):
        """Whatever makes them, and as one carries the other."""
        known = Words()
        known.add("one", as_words([MIXED]))
        markup = str(html_escape(MIXED))
        element = etree.Element("note")
        element.text = MIXED
        packed = json.dumps({"note": markup})
        for text in (
            markup,
            html.escape(MIXED, quote=False),
            etree.tostring(element).decode(),
            json.dumps(MIXED),
            json.dumps(MIXED).replace("/", "\\/"),
            quote(MIXED),
            quote(MIXED, safe=""),
            quote_plus(MIXED),
            packed,
            json.dumps(packed),
            urlencode({"payload": packed}),
        ):
            self.assertEqual(known.owners_in(text, encoded=True), ["one"], text)
        for text in (
            packed.replace("50", "60"),
            urlencode({"payload": packed.replace("Tom", "Tim")}),
            '{"note": "\\ud83c \\u12 %zz &nothing; \\"}',
        ):
            self.assertFalse(known.owners_in(text, encoded=True), text)

    def test_a_text_is_read_once(self):
        """However many words are searched in it, and no more often than it changes; not
        at all for none."""
        known = Words()
        known.add("one", as_words(f"word number {number}" for number in range(1000)))
        text = '{"note": "nothing of it"}'
        with patch.object(words, "_readings", side_effect=words._readings) as readings:
            known.owners_in(text, encoded=True)
            self.assertFalse(Words().owners_in(text, encoded=True))
        readings.assert_called_once()
        self.assertEqual(words._readings(text), {text})
