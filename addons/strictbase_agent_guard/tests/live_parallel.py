#!/usr/bin/env python3
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""One token, many callers at once, against a running server.

Not one of Odoo's own tests: those share one connection. It needs a server with the
guard, reached over JSON-2, whose outgoing mail goes to a port of this machine, where
this script listens while it runs. From the environment:

    ODOO_BASE_URL, ODOO_DB      the server
    ODOO_API_KEY                key of an agent
    ODOO_APPROVER_API_KEY       key of an approver
    GUARD_SMTP_PORT             port to listen on, as in ``odoo --smtp-port``;
                                without it, only Odoo's own records are counted
    GUARD_CALLERS               how many call at once, 20 by default

Prints one line per check and exits 1 if one fails.
"""

import json
import os
import socketserver
import sys
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

BASE = os.environ["ODOO_BASE_URL"].rstrip("/")
DATABASE = os.environ["ODOO_DB"]
AGENT = os.environ["ODOO_API_KEY"]
APPROVER = os.environ["ODOO_APPROVER_API_KEY"]
CALLERS = int(os.environ.get("GUARD_CALLERS", "20"))
PORT = int(os.environ.get("GUARD_SMTP_PORT", "0"))
LIMIT = 50  # requests of one agent that wait
AT_ONCE = 30  # Odoo has 64 connections to its database
MARKER = "AGENT_CONFIRMATION_REQUIRED"

letters = []
failures = []


class Smtp(socketserver.StreamRequestHandler):
    """Enough SMTP to accept a message and to remember its recipients."""

    def handle(self):
        self.say("220 sink")
        recipients = []
        for line in self.rfile:
            words = line.decode(errors="replace").strip()
            verb = words[:4].upper()
            if verb == "RCPT":
                recipients.append(words)
            if verb == "DATA":
                self.say("354 go on")
                for part in self.rfile:
                    if part == b".\r\n":
                        break
                letters.append(recipients)
                recipients = []
            if verb == "QUIT":
                self.say("221 bye")
                return
            self.say("250 ok")

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")


class Sink(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def call(key, endpoint, **body):
    """Status and decoded body of one JSON-2 call."""
    request = urllib.request.Request(
        f"{BASE}/json/2/{endpoint}",
        data=json.dumps(body).encode(),
        headers={
            "Authorization": f"Bearer {key}",
            "X-Odoo-Database": DATABASE,
            "Content-Type": "application/json",
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def must(key, endpoint, **body):
    status, answer = call(key, endpoint, **body)
    if status != 200:
        sys.exit(f"{endpoint}: {status} {str(answer)[:500]}")
    return answer


def check(title, good, seen):
    # pylint: disable-next=print-used
    print(f"{'ok  ' if good else 'FAIL'} {title}: {seen}", flush=True)
    if not good:
        failures.append(title)


def post(client, body, **extra):
    """A comment to the client, refused unless its context has a token."""
    return call(
        AGENT,
        "res.partner/message_post",
        ids=[client],
        body=body,
        partner_ids=[client],
        **extra,
    )


def crowd(title, client, bodies, limit):
    """Refused all at once: the same call is one request, and not too many wait."""
    domain = [["request_uuid", "!=", False]]
    counted = "strictbase.agent.confirmation/search_count"
    before = must(AGENT, counted, domain=domain)
    waiting = must(AGENT, counted, domain=[*domain, ["state", "=", "pending"]])
    with ThreadPoolExecutor(min(len(bodies), AT_ONCE)) as pool:
        answers = list(pool.map(lambda body: post(client, body), bodies))
    refused = [a for status, a in answers if status == 422]
    check(f"{title}: refused", len(refused) == len(bodies), len(refused))
    told = [a["context"].get("agent_confirmation") for a in refused]
    numbers = {asked["request"] for asked in told if asked}
    wanted = min(len(set(bodies)), limit - waiting)
    check(f"{title}: requests told", len(numbers) == wanted, len(numbers))
    after = must(AGENT, counted, domain=domain)
    check(f"{title}: requests kept", after - before == wanted, after - before)


def burst(title, client, **extra):
    """Every caller posts to the same client with the same token."""
    _status, refused = post(client, "Only once", **extra)
    token = must(
        APPROVER,
        "strictbase.agent.confirmation/issue_token",
        model_name="res.partner",
        method_name="message_post",
        record_ids=[client],
        request_uuid=refused["context"]["agent_confirmation"]["request"],
    )
    del letters[:]
    before = must(
        AGENT, "strictbase.agent.egress/search_count", domain=[["res_id", "=", client]]
    )
    start = threading.Barrier(CALLERS)

    def caller(_number):
        start.wait()
        return call(
            AGENT,
            "res.partner/message_post",
            ids=[client],
            body="Only once",
            partner_ids=[client],
            context={"agent_mode": True, "agent_confirmation_token": token},
            **extra,
        )

    with ThreadPoolExecutor(CALLERS) as pool:
        answers = list(pool.map(caller, range(CALLERS)))
    sent = [answer for status, answer in answers if status == 200]
    refused = [
        answer
        for status, answer in answers
        if status == 422 and str(answer.get("message")).startswith(MARKER)
    ]
    others = [a for a in answers if a[0] not in (200, 422)]
    check(f"{title}: calls that sent", len(sent) == 1, len(sent))
    check(
        f"{title}: calls refused",
        len(refused) == CALLERS - 1,
        f"{len(refused)} of {CALLERS - 1}" + (f", {others[:2]}" if others else ""),
    )
    after = must(
        AGENT, "strictbase.agent.egress/search_count", domain=[["res_id", "=", client]]
    )
    check(f"{title}: rows in the log", after - before == 1, after - before)
    if PORT:
        time.sleep(1)
        check(f"{title}: messages at the mail server", len(letters) == 1, len(letters))
    status, _answer = caller_once(token, client)
    check(f"{title}: the token afterwards", status == 422, status)


def caller_once(token, client):
    return call(
        AGENT,
        "res.partner/message_post",
        ids=[client],
        body="Again",
        partner_ids=[client],
        context={"agent_confirmation_token": token},
    )


def main():
    if PORT:
        sink = Sink(("127.0.0.1", PORT), Smtp)
        threading.Thread(target=sink.serve_forever, daemon=True).start()
    [client] = must(
        AGENT,
        "res.partner/create",
        vals_list=[{"name": "Parallel client", "email": "parallel@outside.invalid"}],
    )
    status, answer = caller_once("made-up", client)
    check("a made-up token", status == 422, f"{status} {answer.get('name')}")
    crowd("one call", client, ["The same"] * CALLERS, LIMIT)
    crowd("a hundred calls", client, [f"Number {n}" for n in range(100)], LIMIT)
    for row in must(
        AGENT,
        "strictbase.agent.confirmation/search_read",
        domain=[["state", "=", "pending"], ["request_uuid", "!=", False]],
        fields=["request_uuid"],
    ):
        must(
            AGENT,
            "strictbase.agent.confirmation/withdraw_request",
            request_uuid=row["request_uuid"],
        )
    burst("after the commit", client)
    burst("inside the transaction", client, send_after_commit=False)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
