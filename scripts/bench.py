"""Called by bench.sh with the path of the binary."""

import http.server
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time

BINARY = os.path.abspath(sys.argv[1])
KEY = "b" * 40
RUNS = 300
INDEX = json.dumps(
    {
        "modules": ["base"],
        "models": [
            {
                "model": f"bench.model.{n}",
                "name": f"Model {n}",
                "fields": {f"field_{m}": {"string": f"Field {m}"} for m in range(40)},
                "methods": [f"method_{m}" for m in range(20)],
            }
            for n in range(385)
        ],
    }
).encode()
ROWS = json.dumps([{"id": n, "name": f"Partner {n}", "email": f"p{n}@example.com"} for n in range(20)]).encode()
# As large as res.partner's in Odoo 19 with a dozen modules, whose time zones alone are 600 choices.
ATTRIBUTES = dict.fromkeys(("readonly", "required", "company_dependent"), False)
ATTRIBUTES |= dict.fromkeys(("store", "sortable", "searchable", "groupable"), True) | {"depends": []}
ZONES = [[f"Continent/Ocean/Place_{n}"] * 2 for n in range(600)]
NAMES = ["name", "email", *(f"some_field_{n}_id" for n in range(150))]
FIELDS = json.dumps(
    {name: ATTRIBUTES | {"type": "char", "string": name.title()} for name in NAMES}
    | {"tz": ATTRIBUTES | {"type": "selection", "string": "Timezone", "selection": ZONES}}
).encode()


MILLION = 1_000_000
# What a plain script does for the same rows.
LOOP = """
import http.client, json, sys
connection, last = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1])), 0
while True:
    domain = [["id", ">", last]] if last else []
    body = {"domain": domain, "fields": ["name", "email"], "limit": 1000, "order": "id"}
    connection.request("POST", "/json/2/bench.million/search_read", json.dumps(body), {"Content-Type": "application/json"})
    rows = json.loads(connection.getresponse().read())
    for row in rows:
        sys.stdout.write(json.dumps(row) + "\\n")
    if len(rows) < 1000:
        break
    last = rows[-1]["id"]
"""


COOKIE = "c" * 84
VERSION = {"server_version": "18.0", "server_version_info": [18, 0, 0, "final", 0, ""]}


class Server(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    logins = 0

    def answer(self, body, cookie=None):
        self.send_response(200)
        if cookie:
            self.send_header("Set-Cookie", f"session_id={cookie}; HttpOnly; Path=/")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(INDEX)

    def do_POST(self):
        asked = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/jsonrpc" or self.path.startswith("/web/"):
            self.older(json.loads(asked)["params"])
        elif self.path.endswith("context_get"):
            self.answer(b'{"lang": "en_US", "tz": "UTC", "uid": 7}')
        elif self.path.endswith("fields_get"):
            self.answer(FIELDS)
        elif "bench.million" in self.path:
            self.million(json.loads(asked))
        else:
            time.sleep(0.015)  # what a live Odoo takes for this
            self.answer(ROWS)

    def older(self, params):
        """What Odoo 18 says in JSON-RPC's envelope."""
        result, cookie = json.loads(ROWS), None
        method = params.get("method") if params.get("service") != "object" else params["args"][4]
        if method == "version" or self.path.endswith("version_info"):
            result = VERSION
        elif method == "authenticate" or self.path.endswith("authenticate"):
            Server.logins += 1
            result = {"uid": 7} if self.path.startswith("/web/") else 7
            cookie = COOKIE if self.path.startswith("/web/") else None
        elif method == "fields_get":
            result = json.loads(FIELDS)
        else:
            time.sleep(0.015)
        self.answer(json.dumps({"jsonrpc": "2.0", "id": 1, "result": result}).encode(), cookie)

    def million(self, asked):
        """A page of a million rows, or how many are left; notes the memory of who asks, for the second."""
        first = (asked["domain"][0][2] if asked["domain"] else 0) + 1
        if self.path.endswith("search_count"):
            Server.peak = peak(Server.process)
            self.answer(str(max(MILLION + 1 - first, 0)).encode())
            return
        rows = range(first, min(first + asked["limit"], MILLION + 1))
        row = b'{"id": %d, "name": "Partner %d of a million", "email": "partner%d@example.com"}'
        self.answer(b"[" + b", ".join(row % (n, n, n) for n in rows) + b"]")

    def log_message(self, *arguments):
        pass


def peak(process):
    """The largest memory that a process had so far, in MiB."""
    status = open(f"/proc/{process}/status").read()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def stream(command, environment):
    """Seconds for a command that prints a million lines."""
    start = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    Server.process = process.pid
    lines = 0
    while chunk := process.stdout.read(1 << 16):
        lines += chunk.count(b"\n")
    assert process.wait() == 0 and lines == MILLION, (process.returncode, lines)
    return time.perf_counter() - start


def bare_append(path, length):
    """Milliseconds of an append with fsync of so many bytes to a file, by a process that does nothing else."""
    command = ["dd", "if=/dev/zero", f"of={path}", f"bs={length}", "count=1", "oflag=append", "conv=notrunc,fsync"]
    done = subprocess.run(command, env={"PATH": os.environ["PATH"], "LC_ALL": "C"}, stderr=subprocess.PIPE, check=True)
    return float(re.search(r"copied, ([0-9.e-]+) s", done.stderr.decode()).group(1)) * 1000


def journal(environment, home):
    """What a write waits for until its intent is on disk, with an empty journal and one of 100 MB; and in turn with
    it, as a disk is at times busy, what a bare append of as much waits for."""
    act = [BINARY, "--debug", "call", "bench.partner", "x_act", "--ids", "1"]
    told = re.compile(r"journal [0-9a-f]+, on disk after ([0-9.]+) ms")

    def once():
        done = subprocess.run(act, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True)
        return float(told.search(done.stderr.decode()).group(1))

    def waits(length):
        once()
        both = [(once(), bare_append(os.path.join(home, "bare"), length)) for _ in range(60)]
        return [statistics.median(times) for times in zip(*both, strict=True)]

    once()
    (directory,) = [entry.path for entry in os.scandir(os.path.join(home, "state", "journal")) if entry.name != "keys"]
    segment = next(entry.path for entry in os.scandir(directory) if entry.name.endswith(".ndjson"))
    with open(segment, "rb") as file:
        length = len(file.readlines()[0])
    empty = waits(length)
    with open(segment, "rb") as file:
        lines = file.readlines()
    number, begun, _ = os.path.basename(segment).split(".")
    for n in range(13):
        with open(os.path.join(directory, f"{int(number) + 1 + n:08}.{begun}.ndjson"), "wb") as file:
            while file.tell() < 7_700_000:
                file.writelines(lines)
    full = waits(length)
    for what, (mine, bare) in (("an entry of the journal on disk", empty), ("the same in a journal of 100 MB", full)):
        yield what, f"{mine:.2f} ms", f"{mine / bare:.2f} x an append with fsync", "2"


def run(command, environment):
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)


def side_by_side(left, right, environment, runs=RUNS):
    """Medians in ms of two commands run in turn."""
    times = ([], [])
    for _ in range(runs):
        for command, kept in zip((left, right), times, strict=True):
            start = time.perf_counter()
            run(command, environment)
            kept.append(time.perf_counter() - start)
    return [statistics.median(kept) * 1000 for kept in times]


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    home = tempfile.TemporaryDirectory()
    environment = {
        "PATH": os.environ["PATH"],
        "ODOO_AGENT_HOME": home.name,
        "ODOO_BASE_URL": base,
        "ODOO_DB": "bench",
        "ODOO_API_KEY": KEY,
    }
    rows = []

    def compare(what, command, other, other_name, wanted, runs=RUNS):
        mine, theirs = side_by_side(command, other, environment, runs)
        rows.append((what, f"{mine:.2f} ms", f"{mine / theirs:.2f} x {other_name}", wanted))

    true = ["/bin/true"]
    compare("`--version`", [BINARY, "--version"], true, "/bin/true", "2")
    lookup = [BINARY, "lookup", "partner", "Azure"]
    summary = [BINARY, "schema-summary", "res.partner"]
    run(lookup, environment)
    run(summary, environment)
    tab = ["bash", "3", "--", "odoo-agent", "search-read", "bench."]
    run([BINARY, "doc-index", "--names"], environment)
    compare("TAB among the models of a document", [BINARY, "__complete", *tab], true, "/bin/true", "3")
    tab = ["bash", "4", "--", "odoo-agent", "search-read", "res.partner", "--fields", "f1"]
    compare("TAB among 150 fields", [BINARY, "__complete", *tab], true, "/bin/true", "3")
    compare("cached lookup", lookup, true, "/bin/true", "2.3")
    compare("cached schema-summary", summary, true, "/bin/true", "2.3")

    # The same request, of a model whose fields are at hand and of a method that nothing is known about.
    values = json.dumps({"name": "Azure", "email": "azure@example.com"})
    checked = [BINARY, "create", "res.partner", "--vals-json", values, "--dry-run"]
    unchecked = [BINARY, "call", "res.partner", "import_values", "--data-json", f'{{"vals": {values}}}', "--dry-run"]
    mine, theirs = side_by_side(checked, unchecked, environment)
    added = f"{mine - theirs:.2f} ms more"
    rows.append(("checks before a create, fields cached", added, f"{mine / theirs:.2f} x unchecked", "1 ms"))

    # The same call without a policy, and under one whose 200 rules are read, understood and held against it.
    with tempfile.TemporaryDirectory() as ruled:
        os.makedirs(os.path.join(ruled, "config"), mode=0o700)
        rules = [
            {"match": {"model": f"x.model{n}.*", "method": ["write", "create"], "fields": ["a*"]}, "action": "deny"}
            for n in range(200)
        ]
        file = os.path.join(ruled, "config", "policy.json")
        with open(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600), "w") as policy:
            json.dump({"version": "1", "rules": rules}, policy)
        mine, _ = side_by_side(unchecked, true, {**environment, "ODOO_AGENT_HOME": ruled})
        theirs, _ = side_by_side(unchecked, true, environment)
        added = f"{mine - theirs:.2f} ms more"
        rows.append(("a policy of 200 rules, read and decided", added, f"{mine / theirs:.2f} x without", "2 ms"))
    for row in journal(environment, home.name):
        rows.append(row)

    body = json.dumps(
        {
            "domain": [],
            "fields": ["name", "email"],
            "limit": 20,
            "offset": 0,
            "context": {"lang": "en_US", "tz": "UTC", "agent_mode": True, "agent_channel": "cli"},
        }
    )
    search = [BINARY, "--quiet", "search-read", "res.partner", "--fields", "name,email"]
    curl = ["curl", "-s", "-H", f"Authorization: Bearer {KEY}", "-H", "X-Odoo-Database: bench"]
    curl += ["-H", "Content-Type: application/json", "-d", body, f"{base}/json/2/res.partner/search_read"]
    compare("`search-read` of 20 rows", search, curl, "curl", "1.1", 150)

    # The older protocols, each against the bytes that it sends; a process a call, and one login in all.
    config = os.path.join(home.name, "config")
    os.makedirs(config, mode=0o700, exist_ok=True)
    named = json.loads(body)
    places = [named.pop("domain")]
    login = f"ODOO_BASE_URL={base}\nODOO_DB=bench\nODOO_LOGIN=agent\nODOO_LANG=en_US\nODOO_TZ=UTC\n"
    for protocol, proof, path, params in [
        (
            "jsonrpc",
            f"ODOO_API_KEY={KEY}",
            "/jsonrpc",
            {
                "service": "object",
                "method": "execute_kw",
                "args": ["bench", 7, KEY, "res.partner", "search_read", places, named],
            },
        ),
        (
            "session",
            "ODOO_PASSWORD=a-password-of-some-length",
            "/web/dataset/call_kw/res.partner/search_read",
            {"model": "res.partner", "method": "search_read", "args": places, "kwargs": named},
        ),
    ]:
        profile = os.path.join(config, f"odoo_{protocol}.env")
        with open(os.open(profile, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(f"{login}{proof}\nODOO_PROTOCOL={protocol}\n")
        ours = {name: environment[name] for name in ("PATH", "ODOO_AGENT_HOME")}
        command = [BINARY, "--quiet", "--profile", protocol, *search[2:]]
        run(command, ours)
        logins = Server.logins
        other = ["curl", "-s", "-H", "Content-Type: application/json", "-H", f"Cookie: session_id={COOKIE}"]
        sent = json.dumps({"jsonrpc": "2.0", "method": "call", "id": 1, "params": params})
        other += ["-d", sent, f"{base}{path}"]
        mine, theirs = side_by_side(command, other, ours, 150)
        assert Server.logins == logins, "a kept session costs no login"
        rows.append((f"the same by {protocol}", f"{mine:.2f} ms", f"{mine / theirs:.2f} x curl", "1.1"))

    def cached(count):
        for n in range(count):
            entry = os.path.join(home.name, "cache", "v1", "0" * 32, "lookup", "res.partner")
            os.makedirs(entry, mode=0o700, exist_ok=True)
            open(os.path.join(entry, f"{n:032x}.entry"), "w").close()
        real = os.path.join(home.name, "cache", "v1")
        for directory, _, files in list(os.walk(real)):
            if any(name.endswith(".entry") for name in files) and "0" * 32 not in directory and "lookup" in directory:
                for n in range(count):
                    open(os.path.join(directory, f"{n:032x}.entry"), "w").close()

    few, _ = side_by_side(lookup, true, environment)
    cached(10_000)
    many, _ = side_by_side(lookup, true, environment)
    rows.append(("cached lookup among 10,000 entries", f"{many:.2f} ms", f"{many / few:.2f} x among few", "1"))

    # It blocks on a pipe that nobody reads, with the whole document in memory: then the kernel knows its peak.
    # (Resource usage after the end would count the memory of this script, from before the exec.)
    process = subprocess.Popen(
        [BINARY, "doc-index"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    process.stdout.read(1)
    time.sleep(0.2)
    memory = peak(process.pid)
    process.communicate()
    assert process.returncode == 0
    rows.append((f"doc-index of {len(INDEX) // 1000} KB", f"{memory:.1f} MiB of memory", "", "20 MiB"))
    everything = [BINARY, "search-read", "bench.million", "--fields", "name,email", "--all"]
    mine = stream(everything, environment)
    rows.append(("`search-read --all`, a million rows", f"{Server.peak:.1f} MiB of memory", "", "20 MiB"))
    loop = stream([sys.executable, "-c", LOOP, str(server.server_port)], environment)
    ratio = f"{mine / loop:.2f} x a Python loop"
    rows.append(("the same, in time", f"{MILLION / mine / 1000:.0f},000 rows/s", ratio, "0.6"))
    rows.append(("release binary", f"{os.path.getsize(BINARY) / 1e6:.2f} MB", "", "7 MB"))

    print("| what | measured | ratio | at most |\n|---|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


main()
