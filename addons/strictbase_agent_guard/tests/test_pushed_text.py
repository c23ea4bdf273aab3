# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a job pushes to the outside in an agent's words is held."""

from unittest.mock import patch

import requests

from odoo.tests import tagged

from ..tools.acts import job
from .common_origin import OriginCase
from .roads import WORDS

ORIGIN = "odoo.addons.strictbase_agent_guard.models.agent_origin"


@tagged("post_install", "-at_install")
class TestPushedText(OriginCase):
    """A request of a job carries nothing in an agent's words."""

    URL = "https://push.outside.example/x"

    def setUp(self):
        super().setUp()
        self.ok(
            "agent",
            "res.partner/write",
            self.at["quiet"],
            vals={"comment": f"<p>{WORDS} said</p>"},
        )
        self.wire.clear()

    def push(self, text, method="post", **given):
        """Whether it left. ``assertRaises`` would undo what was written meanwhile."""
        self.wire.clear()
        given = given or {"json": {"note": text}}
        try:
            with job():
                requests.request(method, self.URL, timeout=5, **given)
        except requests.exceptions.ConnectionError as error:
            self.assertIn("held by the agent guard", str(error))
        self.env.invalidate_all()
        return bool(self.wire.requests)

    def test_held(self):
        self.assertFalse(self.push(f"<b>{WORDS} said</b>"))
        self.assertEqual(self.held().channel, "http")

    def test_held_whatever_the_agent_did_since(self):
        ledger = self.env["strictbase.agent.touch"]
        agent, other = self.users["agent"].id, self.at["file"]
        for index in range(300):
            ledger._note(agent, {("res.partner", other + index): {"comment"}})
        ledger._write_down()
        self.assertFalse(self.push(f"{WORDS} said"))

    def touch_others(self, agent, number):
        """So many changes of this agent, each later than all before."""
        ledger = self.env["strictbase.agent.touch"]
        partners = self.env["res.partner"].create([{"name": "Other"}] * number)
        for partner in partners:
            ledger._note(self.users[agent].id, {("res.partner", partner.id): {"ref"}})
        ledger._write_down()

    def test_held_whatever_another_agent_did_since(self):
        with patch(f"{ORIGIN}.MAX_TOUCHES", 5):
            self.touch_others("agent_wide", 7)
            self.assertFalse(self.push(f"{WORDS} said"))

    def test_held_in_the_last_changes_of_the_agent_and_no_further(self):
        with patch(f"{ORIGIN}.MAX_TOUCHES", 5):
            self.touch_others("agent", 4)
            self.assertFalse(self.push(f"{WORDS} said"))
            self.touch_others("agent", 1)
            self.assertTrue(self.push(f"{WORDS} said"))

    def test_only_what_was_touched_is_read(self):
        quiet = self.env["res.partner"].browse(self.at["quiet"])
        with patch(f"{ORIGIN}._unseen", {}):
            self.env["strictbase.agent.guard"]._unseen_words()
        self.assertIn(quiet.id, quiet._fields["comment"]._get_cache(self.env))
        self.assertNotIn(quiet.id, quiet._fields["street"]._get_cache(self.env))

    def test_held_in_whatever_part_of_the_request(self):
        said, ours = f"{WORDS} said", "Ours alone, of nobody"
        for text, left in ((said, False), (ours, True)):
            for method, given in (
                ("get", {"params": {"text": text}}),
                ("post", {"params": {"text": text}, "data": b"\xff\x00"}),
                ("post", {"params": {"id": 1}, "data": {"text": text}}),
                ("put", {"data": text.encode()}),
                ("post", {"files": {"file": ("a.txt", text)}}),
            ):
                with self.subTest(f"{method} {given}"):
                    self.assertEqual(self.push(text, method, **given), left)

    def test_other_words(self):
        self.assertTrue(self.push("Ours"))

    def test_released(self):
        self.assertFalse(self.push(f"{WORDS} said"))
        self.held().with_user(self.users["approver"]).action_release()
        self.assertTrue(self.push(f"{WORDS} said"))

    def test_seen_by_a_person(self):
        self.see(self.at["quiet"])
        self.assertTrue(self.push(f"{WORDS} said"))
