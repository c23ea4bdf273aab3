# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
"""The walk of ``walk.py`` on a running server, where calls commit and mail leaves.

A database and a server as for ``live_roads.py``; the walk stays in that database::

    WALK="--shard 1/2 --minutes 60 --seed 7 --state walk-1.json" \\
    LIVE_URL=http://127.0.0.1:8169 odoo shell -d DB --no-http < live_walk.py

``--shard i/n``  every n-th model only, from the i-th
``--minutes M``  how long (default 10)
``--seed S``     what it is random from (default: a new one, which is printed)
``--state FILE`` where it goes on from, and what it leaves for the next time

The last line says the seed, what was covered, and how much was found; it ends with 1 if
anything of the agent's has left.
"""

import argparse
import json
import os
import secrets
import shlex
import sys
import time
from datetime import datetime, timedelta

from odoo.addons.strictbase_agent_guard.tests import live_roads
from odoo.addons.strictbase_agent_guard.tests.walk import Walk

say = live_roads.say


LOGINS = {"agent_wide": "guarded_agent_wide", "human_wide": "employee_wide"}


class LiveWalk(live_roads.Live):
    @classmethod
    def _make_users(cls):
        """Those of an earlier walk in this database go on, with new keys."""
        users = cls.env["res.users"]
        cls.users = {
            name: users.search([("login", "=", login)])
            for name, login in LOGINS.items()
        }
        if not all(cls.users.values()):
            return super()._make_users()
        cls.client = cls.env["res.partner"].search(
            [("email", "=", "client@outside.example")], limit=1
        )
        expiry = datetime.now() + timedelta(hours=12)
        cls.keys = {}
        for name, user in cls.users.items():
            keys = cls.env(user=user.id)["res.users.apikeys"].sudo()
            cls.keys[name] = keys._generate("rpc", "walk", expiry)
        return None

    @classmethod
    def _make_records(cls):
        if len(cls.users) > len(LOGINS):
            return super()._make_records()
        cls.at = {"model_partner": cls.env["ir.model"]._get_id("res.partner")}
        return None

    @classmethod
    def _empty_the_queues(cls):
        return super()._empty_the_queues() if len(cls.users) > len(LOGINS) else None

    def seen(self, record):
        """Made by a person: what the walk itself makes has to be there for all."""
        self.env.cr.commit()  # pylint: disable=invalid-commit

    def one_job(self, code):
        cron = self.env["ir.cron"].create(
            {
                "name": "Tells",
                "model_id": self.at["model_partner"],
                "state": "code",
                "interval_type": "days",
                "code": code,
            }
        )
        self.env.cr.commit()  # pylint: disable=invalid-commit
        self.rpc("admin", "ir.cron/method_direct_trigger", cron.id)
        self.fresh()
        cron.unlink()
        self.env.cr.commit()  # pylint: disable=invalid-commit

    def all_jobs(self):
        self.fresh()
        self.let_dates_pass()
        ids = self.env["ir.cron"].search([]).ids
        self.env.cr.commit()  # pylint: disable=invalid-commit
        for cron_id in ids:
            self.rpc("admin", "ir.cron/method_direct_trigger", cron_id)
        time.sleep(0.05)
        self.fresh()


def _shard(text):
    index, _of, count = text.partition("/")
    shard = int(index), int(count or 1)
    if not 1 <= shard[0] <= shard[1]:
        raise argparse.ArgumentTypeError(f"{text} is not i/n with 1 <= i <= n")
    return shard


def arguments():
    parser = argparse.ArgumentParser(prog="WALK")
    parser.add_argument("--shard", type=_shard, default=(1, 1))
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--state", default="")
    return parser.parse_args(shlex.split(os.environ.get("WALK", "")))


def _load(path):
    if path and os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    return None


def _save(path, walk):
    if path:
        with open(f"{path}.new", "w", encoding="utf-8") as file:
            json.dump(walk.state(), file)
        os.replace(f"{path}.new", path)


def main(env):
    wanted = arguments()
    live_roads.serve(live_roads.SmtpSink, live_roads.SMTP_PORT)
    live_roads.serve(live_roads.ProxySink, live_roads.PROXY_PORT)
    LiveWalk.build(env)
    case = LiveWalk()
    before = _load(wanted.state)
    seed = before["seed"] if before else wanted.seed or secrets.randbelow(10**6)
    say(f"seed {seed}, shard {wanted.shard[0]}/{wanted.shard[1]}")
    walk = Walk(case, seed, wanted.shard, say)
    if before:
        walk.resume(before)
        say(f"goes on after act {walk.step}")
    case.fresh()
    case.wire.clear()
    until = time.monotonic() + wanted.minutes * 60
    last = time.monotonic()

    def after_batch(walk):
        nonlocal last
        _save(wanted.state, walk)
        if time.monotonic() - last > 60:
            last = time.monotonic()
            say(walk.coverage())

    walk.go(until=until, after_batch=after_batch)
    say(walk.coverage())
    return walk.found


if "env" in globals():
    sys.exit(1 if main(env) else 0)  # noqa: F821 - given by the shell
