# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
"""Internal work passes for an agent, and colleagues do get their notifications."""

from odoo.tests import tagged

from .common_http import GuardHttpCase
from .common_roads import MODES, name_of
from .internal_actions import ACTIONS
from .internal_actions_apps import ACTIONS as MORE


class InternalCase(GuardHttpCase):
    def _pass(self, action, who, context):
        before = self.snapshot()
        answers = self.walk(who, action.calls, context)
        self.assertTrue(
            answers[-1].ok,
            f"{action.title}: call {len(answers)} was refused: {answers[-1].status} "
            f"{answers[-1].text[:700]}",
        )
        self.assertEqual(len(answers), len(action.calls))
        self.pass_time(*action.queues)
        letters = {address for letter in self.wire.letters for address in letter["to"]}
        for address in action.letters:
            self.assertIn(address, letters, f"{action.title}: no e-mail to colleague")
        for name in action.inbox:
            self.cr.execute(
                "SELECT 1 FROM mail_notification WHERE res_partner_id = %s "
                "AND notification_type = 'inbox'",
                [self.at[name]],
            )
            self.assertTrue(self.cr.rowcount, f"{action.title}: nothing in the inbox")
        found = self.left(before)
        self.assertFalse(found, f"{action.title} is not internal: {found}")

    def _skip_unless_there(self, action):
        missing = self.missing(action.needs)
        if missing:
            self.skipTest(f"{', '.join(missing)} not installed")

    def _as_agent(self, action):
        self._skip_unless_there(action)
        who = "agent_wide" if action.wide else "agent"
        for mode, context in MODES.items():
            with self.subTest(agent_mode=mode), self.apart():
                self._pass(action, who, context)

    def _as_employee(self, action):
        self._skip_unless_there(action)
        self._pass(action, "human_wide" if action.wide else "human", None)


@tagged("post_install", "-at_install", "internal")
class TestInternalActions(InternalCase):
    """An agent does all internal work freely, whatever the caller's agent_mode."""

    def test_passes_reading_everything_readable(self):
        """What an employee may read, an agent with the same rights may read."""
        refused = []
        for model in sorted(self.env):
            Model = self.env[model]
            if Model._abstract or Model._transient or not Model._auto:
                continue
            as_employee = Model.with_user(self.users["human"])
            if not as_employee.has_access("read"):
                continue
            call = {"domain": [], "fields": ["display_name"], "limit": 2}
            answer = self.rpc("agent", f"{model}/search_read", **call)
            if answer.ok:
                continue
            if self.rpc("human", f"{model}/search_read", **call).ok:
                refused.append(f"{model}: {answer.status} {answer.text[:200]}")
        self.assertFalse(refused)


@tagged("post_install", "-at_install", "internal_proof")
class TestInternalActionsProof(InternalCase):
    """The table itself: an employee can do each of these, and it stays inside."""


def _add(cls, prefix, method):
    for action in (*ACTIONS, *MORE):
        name = f"test_{prefix}_{name_of(action)}"
        assert not hasattr(cls, name), name

        def test(self, action=action):
            getattr(self, method)(action)

        test.__doc__ = f"{action.area}: {action.title}"
        setattr(cls, name, test)


_add(TestInternalActions, "passes", "_as_agent")
_add(TestInternalActionsProof, "proof", "_as_employee")
