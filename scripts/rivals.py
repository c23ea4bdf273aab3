#!/usr/bin/env python3
"""The same three jobs through MCP servers for Odoo, side by side: how long each takes
to start, what its list of tools costs, and bytes and time of each job once it is warm.
The others are installed from PyPI into a directory of their own; a job that one of them
has no plain way for is left out. Timesheet lines and notes stay in the given Odoo.

Wants ODOO_URL, ODOO_DB, ODOO_API_KEY and ODOO_LOGIN of an Odoo 19 with demo data that
may be tried on, and in ODOO_EMPLOYEE the name of the employee that the login is.
RIVALS_DIR keeps what was installed.
"""

import http.client
import itertools
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import venv

BINARY = os.path.abspath(sys.argv[1])
URL, DATABASE, KEY, LOGIN = (
    os.environ[name] for name in ("ODOO_URL", "ODOO_DB", "ODOO_API_KEY", "ODOO_LOGIN")
)
EMPLOYEE = os.environ["ODOO_EMPLOYEE"]
RUNS = 5
CLIENT = {"name": "bench", "version": "1"}
PARTNERS = {
    "model": "res.partner",
    "domain": [],
    "fields": ["name", "email"],
    "limit": 20,
}
NAMES = {
    "project_id": ("project.project", "Office Design"),
    "task_id": ("project.task", "Room 1: Decoration"),
    "employee_id": ("hr.employee", EMPLOYEE),
}
ONCE = itertools.count()


def line():
    return {"name": f"Looked at wall {next(ONCE)}", "unit_amount": 0.5}


def note():
    return f"Called, nobody there ({next(ONCE)})"


def size_of(value):
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def domain(name):
    return {"domain": [["name", "=", name]], "fields": ["name"], "limit": 2}


# For each: package, program, and how it is told to search, to find by name, to create
# and to leave a note.
RIVALS = {
    "odoo-mcp-tools": {
        "package": "odoo-mcp-tools==1.5.0",
        "program": "odoo-mcp",
        "environment": {"ODOO_LOGIN": LOGIN},
        "search": lambda: ("odoo_search_read", PARTNERS),
        "find": lambda model, name: (
            "odoo_search_read",
            {"model": model, **domain(name)},
        ),
        "create": lambda model, values: (
            "odoo_create",
            {"model": model, "values": values},
        ),
        "note": lambda record: (
            "odoo_execute",
            {
                "model": "res.partner",
                "method": "message_post",
                "ids": [record],
                "kwargs": {"body": note(), "subtype_xmlid": "mail.mt_note"},
            },
        ),
    },
    "mcp-server-odoo": {
        "package": "mcp-server-odoo==0.9.0",
        "program": "mcp-server-odoo",
        "environment": {"ODOO_USER": LOGIN, "ODOO_YOLO": "true"},
        "search": lambda: ("search_records", PARTNERS),
        "find": lambda model, name: (
            "search_records",
            {"model": model, **domain(name)},
        ),
        "create": lambda model, values: (
            "create_record",
            {"model": model, "values": values},
        ),
        "note": lambda record: (
            "post_message",
            {
                "model": "res.partner",
                "record_id": record,
                "body": note(),
                "subtype": "note",
            },
        ),
    },
    "odoo-mcp": {
        "package": "odoo-mcp==1.3.0",
        "program": "odoo-mcp",
        "environment": {
            "ODOO_USERNAME": LOGIN,
            "ODOO_PASSWORD": KEY,
            "ODOO_TRANSPORT": "json2",
        },
        "search": lambda: ("search_records", PARTNERS),
    },
}
OURS = {
    "search": lambda: ("odoo_search_read", PARTNERS),
    "find": lambda model, name: (
        "odoo_lookup",
        {"kind": model, "query": name, "one": True},
    ),
    "create": lambda model, values: ("odoo_create", {"model": model, "vals": values}),
    "note": lambda record: (
        "odoo_call",
        {
            "model": "res.partner",
            "method": "message_post",
            "ids": [record],
            "data": {"body": note(), "subtype_xmlid": "mail.mt_note"},
        },
    ),
}


class Server:
    """An MCP server, from its start to its first answer on."""

    def __init__(self, command, environment):
        since = time.perf_counter()
        self.process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.number = 0
        opening = {
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": CLIENT,
        }
        self.ask("initialize", opening)
        self.start = time.perf_counter() - since
        self.say({"method": "notifications/initialized"})

    def say(self, message):
        self.process.stdin.write(
            json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n"
        )
        self.process.stdin.flush()

    def ask(self, method, params):
        self.number += 1
        self.say({"id": self.number, "method": method, "params": params})
        while line := self.process.stdout.readline():
            answer = json.loads(line)
            if answer.get("id") == self.number and "method" not in answer:
                return answer.get("result") or {"isError": True, **answer["error"]}
        raise SystemExit(f"{self.process.args[0]} has ended")

    def tool(self, call):
        """What a model is given: the result, in bytes; and its text."""
        name, arguments = call
        result = self.ask("tools/call", {"name": name, "arguments": arguments})
        text = "".join(part.get("text", "") for part in result.get("content", []))
        if result.get("isError"):
            raise ValueError(text or str(result))
        return size_of(result), text

    def end(self):
        self.process.stdin.close()
        self.process.wait(timeout=10)


def number(text):
    """The record that an answer names first."""
    found = re.search(r'"id"\s*:\s*(\d+)', text) or re.search(r"\d+", text)
    if found is None:
        raise ValueError(f"no record in {text}")
    return int(found.group(1) if found.re.groups else found.group())


def log_time(server, how):
    size, values = 0, line()
    for field, (model, name) in NAMES.items():
        taken, text = server.tool(how["find"](model, name))
        size, values[field] = size + taken, number(text)
    return size + server.tool(how["create"]("account.analytic.line", values))[0]


JOBS = {
    "20 partners": ("search", lambda server, how: server.tool(how["search"]())[0]),
    "log time by names": ("create", log_time),
    "a note": ("note", lambda server, how: server.tool(how["note"](7))[0]),
}


def measured(server, how):
    row = []
    for needs, job in JOBS.values():
        if needs not in how:
            row.append("none tried")
            continue
        times = []
        try:
            for _ in range(RUNS):
                since = time.perf_counter()
                size = job(server, how)
                times.append(time.perf_counter() - since)
        except ValueError as refusal:
            row.append(f"refused ({str(refusal)[:60]!r})")
            continue
        row.append(f"{size:,} B, {statistics.median(times) * 1000:.0f} ms")
    return row


def curl():
    """The same search, as bytes on a kept connection."""
    address = urllib.parse.urlsplit(URL)
    connection = http.client.HTTPConnection(address.hostname, address.port)
    body = {key: value for key, value in PARTNERS.items() if key != "model"}
    headers = {
        "Authorization": f"bearer {KEY}",
        "X-Odoo-Database": DATABASE,
        "Content-Type": "application/json",
    }
    times = []
    for _ in range(RUNS + 1):
        since = time.perf_counter()
        connection.request(
            "POST", "/json/2/res.partner/search_read", json.dumps(body), headers
        )
        size = len(connection.getresponse().read())
        times.append(time.perf_counter() - since)
    return f"{size:,} B, {statistics.median(times[1:]) * 1000:.0f} ms"


def main():
    home = tempfile.TemporaryDirectory()
    plain = {"PATH": os.environ["PATH"], "HOME": home.name, "LANG": "C.UTF-8"}
    os.makedirs(f"{home.name}/config", mode=0o700)
    profile = os.open(
        f"{home.name}/config/odoo_bench.env", os.O_WRONLY | os.O_CREAT, 0o600
    )
    with os.fdopen(profile, "w") as file:
        file.write(f"ODOO_BASE_URL={URL}\nODOO_DB={DATABASE}\nODOO_API_KEY={KEY}\n")
    ours = [BINARY, "--profile", "bench", "mcp"]
    everybody = [("odoo-agent", ours, {**plain, "ODOO_AGENT_HOME": home.name}, OURS)]
    packages = os.environ.get("RIVALS_DIR", f"{home.name}/rivals")
    for name, how in RIVALS.items():
        where = f"{packages}/{name}"
        if not os.path.exists(f"{where}/bin/{how['program']}"):
            venv.create(where, with_pip=True)
            subprocess.run(
                [f"{where}/bin/pip", "install", "--quiet", how["package"]], check=True
            )
        environment = {
            **plain,
            "ODOO_URL": URL,
            "ODOO_DB": DATABASE,
            "ODOO_API_KEY": KEY,
            **how["environment"],
        }
        everybody.append((name, [f"{where}/bin/{how['program']}"], environment, how))
    print("| server | start | tools | " + " | ".join(JOBS) + " |")
    print("|---" * (3 + len(JOBS)) + "|")
    for name, command, environment, how in everybody:
        starts = []
        for _ in range(RUNS):
            server = Server(command, environment)
            starts.append(server.start)
            if len(starts) < RUNS:
                server.end()
        listed = server.ask("tools/list", {})
        tools = f"{len(listed['tools'])}, {size_of(listed):,} B"
        start = f"{statistics.median(starts) * 1000:.0f} ms"
        print(
            "| " + " | ".join([name, start, tools, *measured(server, how)]) + " |",
            flush=True,
        )
        server.end()
    print(f"| a kept connection | | | {curl()} | | |")


if __name__ == "__main__":
    main()
