# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
"""How a road out is tried: as an employee, to see that it is one, and as an agent."""

import contextlib
import importlib
import logging
import re

from odoo.tests import tagged

from .common_http import GuardHttpCase
from .common_records import MODULE
from .roads import ROADS

_logger = logging.getLogger(__name__)

# the caller's context: nothing about agents, the flag on, the flag off
MODES = {
    "absent": None,
    "on": {"agent_mode": True, "agent_channel": "test"},
    "off": {"agent_mode": False},
}
# kinds that have left Odoo, or that a client can open
REACHED = {"smtp", "http", "published", "discuss", "connection"}


def brief(found):
    """One line: which kinds, and whom."""
    whom = [
        f"{', '.join(m['to'])} {m['subject']!r}" if isinstance(m, dict) else str(m)
        for m in found.get("smtp", ())
    ]
    whom += [row[1] if isinstance(row, tuple) else row for row in found.get("http", ())]
    return f"{'+'.join(sorted(found)) or 'nobody'}: {'; '.join(whom)}"


def all_hidden(env):
    """(model, id, when it was written) of what is stored and not shown outside."""
    hidden = [("agent_unapproved", "=", True)]
    return {
        (row._name, row.id, row.write_date)
        for model in ("mail.message", "ir.attachment")
        for row in env[model].with_context(skip_res_field_check=True).search(hidden)
    }


def name_of(road):
    return re.sub(r"\W+", "_", f"{road.area} {road.title}").lower().strip("_")


class RoadsCase(GuardHttpCase):
    def _skip_unless_there(self, road):
        missing = self.missing(road.needs)
        if missing:
            self.skipTest(f"{', '.join(missing)} not installed")

    def _take(self, road, who, context):
        """Take a road, let time pass, and tell what left and what was answered."""
        self.prepare(road.given)
        before, bus = self.snapshot(), self.last_on_bus()
        answers = self.walk(who, road.calls, context)
        self.pass_time(*road.queues)
        if road.carries:
            return self.carried(road.carries, bus), answers
        return self.left(before), answers

    def _reach(self, road):
        self._skip_unless_there(road)
        found, answers = self._take(road, "human_wide" if road.wide else "human", None)
        _logger.info("%s: %s reaches %s", road.area, road.title, brief(found))
        self.assertTrue(
            REACHED & set(found),
            f"{road.title} reaches nobody: {found or 'nothing'}; call {len(answers)} "
            f"was answered {answers[-1].status} {answers[-1].text[:500]}",
        )

    def _hold(self, road, refused_by_odoo=False):
        self._skip_unless_there(road)
        who = "agent_wide" if road.wide else "agent"
        for mode, context in MODES.items():
            with self.subTest(agent_mode=mode), self.apart():
                found, answers = self._take(road, who, context)
                self.assertFalse(found, f"{road.title}: got through: {brief(found)}")
                if road.hidden and answers[-1].ok:
                    self.assertTrue(all_hidden(self.env))
                    continue
                self.assertTrue(
                    answers[-1].refused,
                    f"{road.title}: call {len(answers)} was not refused: "
                    f"{answers[-1].status} {answers[-1].text[:500]}",
                )

    def _carry(self, road):
        """What the agent may do is carried out by somebody else: nothing leaves."""
        self._skip_unless_there(road)
        found, answers = self._take(road, "agent_wide" if road.wide else "agent", None)
        # "ready" is what a person sees of a letter that waits
        found.pop("mail.notification", None)
        self.assertFalse(found, f"{road.title}: got through: {brief(found)}")
        last = answers[-1]
        self.assertTrue(last.ok or last.refused, f"{last.status} {last.text[:500]}")
        if last.ok:
            held = self.env["strictbase.agent.held"].search([("state", "=", "held")])
            self.assertTrue(held, f"{road.title}: nothing left, and nothing is held")
            self.assertTrue(all(held.mapped("why")))


def cases(module, roads, carried=(), records_of=None):
    """The two test classes of a companion's roads: held for an agent, and real."""
    held = _case("TestRoads", module, "roads", records_of)
    held.__doc__ = "No road of this application leads out for an agent."
    reach = _case("TestRoadsReach", module, "roads_proof", records_of)
    reach.__doc__ = "Each entry reaches a client when an employee takes it."
    add_held(held, roads)
    add_carried(held, carried)
    add_reach(reach, [*roads, *carried])
    return held, reach


def _case(name, module, tag, records_of):
    body = {"__module__": module, "records_of": records_of}
    cls = type(RoadsCase)(name, (RoadsCase,), body)
    return tagged("post_install", "-at_install", tag)(cls)


def add_carried(cls, roads):
    _add(cls, "carried", roads, "_carry")


def add_held(cls, roads, prefix="held"):
    _add(cls, prefix, roads, "_hold")


def add_reach(cls, roads):
    _add(cls, "reach", roads, "_reach")


def _add(cls, prefix, roads, method):
    for road in roads:
        name = f"test_{prefix}_{name_of(road)}"
        assert not hasattr(cls, name), name

        def test(self, road=road):
            getattr(self, method)(road)

        test.__doc__ = f"{road.area}: {road.title}"
        setattr(cls, name, test)


def all_roads(env):
    """The roads of the guard and of every companion that is installed."""
    found = list(ROADS)
    for module in sorted(env.registry._init_modules):
        if module.startswith(f"{MODULE}_"):
            with contextlib.suppress(ModuleNotFoundError):
                companion = importlib.import_module(f"odoo.addons.{module}.tests.roads")
                found += companion.ROADS
    return found
