# License LGPL-3 (https://www.gnu.org/licenses/lgpl-3.0).
"""The roads of the guard and its companions tried by an agent on a running server.

Odoo's test framework keeps everything in one transaction. Here calls commit, mail
leaves after the commit, crons commit as they go, and what leaves goes to a real SMTP
server and a real HTTP proxy, both in this file. Nothing an agent does on a road may
change anything, so the roads run one after another without a rollback.

Use a database made for it: the fixtures stay in it. Start a server on it::

    HTTP_PROXY=http://127.0.0.1:2526 HTTPS_PROXY=http://127.0.0.1:2526 \\
    NO_PROXY=127.0.0.1,localhost odoo -d DB --smtp-port 2525 \\
        --http-port 8169 --max-cron-threads 0

and then, with the module's own addons path::

    LIVE_URL=http://127.0.0.1:8169 odoo shell -d DB --no-http < live_roads.py

``LIVE_AS=human`` takes the same roads as an employee, to see that they are real;
``LIVE_MODES=absent`` tries one way of calling only, ``LIVE_ONLY=text`` some roads.
"""

import json
import os
import socketserver
import sys
import threading
import time
import urllib.error
import urllib.request
from unittest.mock import patch

from odoo.addons.strictbase_agent_guard.tests import common_http
from odoo.addons.strictbase_agent_guard.tests.common_roads import (
    MODES,
    all_hidden,
    all_roads,
    brief,
)
from odoo.addons.strictbase_agent_guard.tests.roads import DOORS

SMTP_PORT = int(os.environ.get("LIVE_SMTP_PORT", "2525"))
PROXY_PORT = int(os.environ.get("LIVE_PROXY_PORT", "2526"))
URL = os.environ.get("LIVE_URL", "http://127.0.0.1:8169")
AS = os.environ.get("LIVE_AS", "agent")
ONLY = os.environ.get("LIVE_ONLY", "")
CHOSEN = os.environ.get("LIVE_MODES", ",".join(MODES) if AS == "agent" else "absent")
wire = common_http.Wire()


class SmtpSink(socketserver.StreamRequestHandler):
    """Takes every letter and keeps whom it is for."""

    def handle(self):
        self.wfile.write(b"220 sink\r\n")
        to = []
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"RCPT":
                to.append(line.split(b"<")[1].split(b">")[0].decode())
            if verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                text = b""
                while (line := self.rfile.readline()) not in (b".\r\n", b""):
                    text += line
                subject = text.partition(b"\nSubject: ")[2].partition(b"\n")[0]
                wire.letters.append(
                    {
                        "to": to,
                        "subject": subject.decode(errors="replace").strip(),
                        "text": text.decode(errors="replace"),
                    }
                )
                to = []
            self.wfile.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")
            if verb == b"QUIT":
                return


class ProxySink(socketserver.StreamRequestHandler):
    """Refuses every request and keeps where it wanted to go."""

    def handle(self):
        line = self.rfile.readline().decode(errors="replace")
        method, _blank, target = line.partition(" ")
        wire.requests.append((method, target.split(" ")[0], ""))
        self.wfile.write(b"HTTP/1.1 502 sink\r\nContent-Length: 0\r\n\r\n")


def say(line):
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def serve(handler, port):
    socketserver.ThreadingTCPServer.allow_reuse_address = True
    server = socketserver.ThreadingTCPServer(("127.0.0.1", port), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()


class Live(common_http.GuardHttpCase):
    """The fixtures and the looking of the tests, without their framework."""

    def runTest(self):
        """Needed to make one."""

    @classmethod
    def build(cls, env):
        cls.cr = env.cr
        cls.wire = wire
        cls.env = env(
            context={
                "tracking_disable": True,
                "mail_create_nosubscribe": True,
                "mail_create_nolog": True,
                "no_reset_password": True,
            }
        )
        with patch.object(cls, "addClassCleanup", lambda *args: None):
            cls._make_users()
            cls._make_records()
        cls._empty_the_queues()
        admin = env(user=env.ref("base.user_admin").id)
        cls.keys["admin"] = (
            admin["res.users.apikeys"].sudo()._generate("rpc", "live", None)
        )
        users = env["res.users"].with_context(active_test=False)
        cls.inside = {
            common_http.email_normalize(user.email)
            for user in users.search([("share", "=", False)])
            if user.email
        }
        env.cr.commit()  # pylint: disable=invalid-commit
        # the server learns that there are new agents
        env.registry.signal_changes()

    def rpc(self, who, endpoint, ids=None, /, context=None, **kwargs):
        body = dict(kwargs)
        if ids is not None:
            body["ids"] = ids if isinstance(ids, list) else [ids]
        if context is not None:
            body["context"] = context
        request = urllib.request.Request(
            f"{URL}/json/2/{endpoint}",
            data=json.dumps(body, default=str).encode(),
            headers={
                "Authorization": f"Bearer {self.keys[who]}",
                "Content-Type": "application/json",
                "X-Odoo-Database": self.env.cr.dbname,
            },
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=120) as answer:
                return common_http.Answered(answer.status, json.load(answer))
        except urllib.error.HTTPError as error:
            text = error.read().decode(errors="replace")
            try:
                return common_http.Answered(error.code, json.loads(text))
            except ValueError:
                return common_http.Answered(error.code, text[:500])

    def fresh(self):
        """See what the server has committed."""
        self.env.cr.rollback()
        self.env.invalidate_all()

    def pass_time(self, *crons):
        self.fresh()
        self.let_dates_pass()
        self.env.cr.commit()  # pylint: disable=invalid-commit
        for xmlid in (*crons, *common_http.QUEUES):
            cron = self.env.ref(xmlid, raise_if_not_found=False)
            if cron:
                self.rpc("admin", "ir.cron/method_direct_trigger", cron.id)
        time.sleep(0.05)
        self.fresh()

    def snapshot(self):
        self.fresh()
        return super().snapshot()


def main(env):
    serve(SmtpSink, SMTP_PORT)
    serve(ProxySink, PROXY_PORT)
    Live.build(env)
    live = Live()
    modes = {name: MODES[name] for name in CHOSEN.split(",")}
    counts = {"held": 0, "open": 0, "skipped": 0, "reached": 0, "nobody": 0}
    for road in (*all_roads(env), *(DOORS if AS == "agent" else ())):
        if ONLY and ONLY not in f"{road.area}: {road.title}":
            continue
        if live.missing(road.needs) or road.given:
            counts["skipped"] += 1
            continue
        who = f"{AS}_wide" if road.wide else AS
        for mode, context in modes.items():
            before, bus = live.snapshot(), live.last_on_bus()
            hidden = all_hidden(live.env)
            answers = live.walk(who, road.calls, context)
            live.pass_time(*road.queues)
            found = (
                live.carried(road.carries, bus) if road.carries else live.left(before)
            )
            if AS != "agent":
                verdict = "reached" if found else "nobody"
            elif found:
                verdict = "open"
            elif road.hidden and answers[-1].ok:
                # nothing is rolled back: what earlier roads left is hidden, too
                verdict = "held" if all_hidden(live.env) - hidden else "open"
            else:
                verdict = "held" if answers[-1].refused else "open"
            counts[verdict] += 1
            if verdict in ("open", "nobody"):
                say(
                    f"{verdict}: {road.area}: {road.title} [{mode}] {brief(found)} "
                    f"{answers[-1].status} {answers[-1].text[:200]!r}"
                )
    say(str(counts))
    return counts


if "env" in globals():
    result = main(env)  # noqa: F821 - given by the shell
    sys.exit(1 if result["open"] else 0)
