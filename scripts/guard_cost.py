#!/usr/bin/env python3
"""What the guard costs people: the same calls in turn with and without it.

    ODOO_BIN=odoo scripts/guard_cost.py DB_WITHOUT DB_WITH [--rounds N] [--limit 1.03]

Both databases hold the same applications, one of them the guard with an agent. An
``odoo shell`` on each does a call a few times, then the other one does, and so on: what
else the machine does meets both alike. Compared is the processor time of the thread, by
the least of each round and the middle of all rounds' ratios, and how many functions are
called, which no load changes. Queries must be equal. Exit 1 if they are not, or a time is
above the limit. A copy of the first in place of the second tells how exact it is. What an
agent's write pays for the ledger comes first.
"""

import argparse
import json
import os
import pathlib
import shlex
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict

ROOT = pathlib.Path(__file__).resolve().parent.parent
SIDE = ROOT / "addons/strictbase_agent_guard/tests/live_cost.py"
#: A message is sent at once in a shell, with the barrier's one query.
BARRIER = {"comment": 1}
#: Calls of an agent, on the guarded side only.
AGENTS = ("agent's write", "without ledger")


class Shell:
    """An Odoo of its own that waits to be told what to do."""

    def __init__(self, database, work, name, options):
        asked, answered = work / f"{name}.asked", work / f"{name}.answered"
        for pipe in (asked, answered):
            os.mkfifo(pipe)
        environment = {
            **os.environ,
            "PYTHONHASHSEED": "0",
            "LIVE_COST_ASKED": str(asked),
            "LIVE_COST_ANSWERED": str(answered),
        }
        command = [*shlex.split(os.environ.get("ODOO_BIN", "odoo")), "shell", "-d"]
        command += [database, "--no-http", "--log-level", "error", *options]
        with open(SIDE) as script:
            self.process = subprocess.Popen(command, stdin=script, env=environment)
        self._asked, self._answered = asked, answered

    def __enter__(self):
        # each end waits for the other: an Odoo that does not start is told apart
        self.asked = _open_when_there(self._asked, os.O_WRONLY, self.process)
        self.answered = open(self._answered)  # noqa: SIM115 - closed below
        return self

    def __exit__(self, *_error):
        self.asked.close()
        self.answered.close()
        self.process.wait()

    def ask(self, **command):
        print(json.dumps(command), file=self.asked, flush=True)
        line = self.answered.readline()
        if not line:
            sys.exit("an Odoo has ended: see what it has said above")
        return json.loads(line)


def _open_when_there(pipe, flags, process):
    while True:
        try:
            return os.fdopen(os.open(pipe, flags | os.O_NONBLOCK), "w")
        except OSError:
            try:
                process.wait(timeout=0.2)
            except subprocess.TimeoutExpired:
                continue
            sys.exit("an Odoo has not started: see what it has said above")


def measure(name, sides, rounds, times, found):
    """Add what each side needs at least in each round, and the ratio of the two."""
    for side in sides:
        side.ask(call=name, times=10)
    for index in range(rounds):
        least = [0, 0]
        # now the one first, now the other
        for which in (0, 1) if index % 2 else (1, 0):
            least[which] = min(sides[which].ask(call=name, times=times)["times"]) / 1e6
            found["least"][which].append(least[which])
        found["ratios"].append(least[1] / least[0])
    profiles = [side.ask(call=name, times=5, profile=True) for side in sides]
    found["functions"] = profiles[1]["functions"] / profiles[0]["functions"]
    found["queries"] = [min(profile["queries"]) for profile in profiles]


def tell(name, found):
    quarters = statistics.quantiles(found["ratios"], n=4)
    line = {
        "call": name,
        "time": round(quarters[1], 3),
        "half_of_the_rounds": [round(quarters[0], 3), round(quarters[2], 3)],
        "least_ms": [round(min(least), 2) for least in found["least"]],
        "functions": round(found["functions"], 3),
        "queries": found["queries"],
    }
    print(json.dumps(line), flush=True)
    return line


def tell_ledger(guarded, rounds, times):
    """What an agent's write costs with the ledger and without, in turn."""
    least, queries = defaultdict(list), {}
    for _index in range(rounds):
        for name in AGENTS:
            found = guarded.ask(call=name, times=times)
            least[name].append(min(found["times"]) / 1e6)
            queries[name] = min(found["queries"])
    for name in AGENTS:
        line = {"call": name, "ms": round(statistics.median(least[name]), 2)}
        print(json.dumps({**line, "queries": queries[name]}), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("without")
    parser.add_argument("with_guard")
    parser.add_argument("--starts", type=int, default=3, help="of both Odoos, each anew")
    parser.add_argument("--rounds", type=int, default=40, help="for a call and start")
    parser.add_argument("--times", type=int, default=8, help="for a side and round")
    parser.add_argument("--limit", type=float, default=1.03)
    parser.add_argument("--calls", nargs="*", help="of those that live_cost.py names")
    given = parser.parse_args()
    addons = str(ROOT / "addons")
    if os.environ.get("ODOO_ADDONS"):
        addons += f",{os.environ['ODOO_ADDONS']}"
    options = ["--addons-path", addons]
    found = {}
    for start in range(given.starts):
        with tempfile.TemporaryDirectory() as work:
            with (
                Shell(given.without, pathlib.Path(work), "1", options) as without,
                Shell(given.with_guard, pathlib.Path(work), "2", options) as guarded,
            ):
                sides = without, guarded
                for name in given.calls or without.ask(names=True):
                    of_call = found.setdefault(
                        name, {"ratios": [], "least": ([], [])}
                    )
                    measure(name, sides, given.rounds, given.times, of_call)
                if start == given.starts - 1 and not given.calls:
                    tell_ledger(guarded, given.rounds, given.times)
    failed = False
    for name, of_call in found.items():
        line = tell(name, of_call)
        plain, paid = line["queries"]
        failed |= line["time"] > given.limit
        failed |= paid - plain != BARRIER.get(name, 0)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
