#!/usr/bin/env bash
# The suites against a real Odoo 19 with demo data, on a throwaway database:
#   scripts/live.sh helper   the program through the binary by all three protocols, and the approval flow with the guard;
#                            with an ODOO_BIN of 14 to 18 what that version has, by the two that it has
#   scripts/live.sh addons   Odoo's own tests of addons/, in a database with the modules they guard
#   scripts/live.sh          both, side by side; what is proved of the helper's journal runs in `helper` alone
#   scripts/live.sh roads    the guard's roads, rollbacks and uninstalling on a running server (longer)
#   scripts/live.sh compare  the embedded Odoo and the real one asked the same, some thousand times (longer)
#   scripts/live.sh walk [--shard i/n] [--minutes M] [--seed S] [--state FILE]   the guard's walk on a running server
# It needs `odoo` on PATH or ODOO_BIN, and PostgreSQL's server programs (initdb, pg_ctl). It starts a cluster
# and servers of its own on loopback, and ends and removes them, whatever happens. It touches nothing else.
set -euo pipefail

root=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
what=${1:-all}
case $what in
    helper | addons | roads | walk | compare | all) ;;
    *) echo "live.sh: $what is none of helper, addons, roads, walk, compare, all" >&2; exit 2 ;;
esac
walk_arguments=${*:2}
odoo=${ODOO_BIN:-$(command -v odoo || true)}
if [ -z "$odoo" ] || [ ! -x "$odoo" ]; then
    echo "live.sh: no Odoo found (odoo on PATH, or ODOO_BIN): the live suites did not run" >&2
    exit 77
fi
version=$("$odoo" --version 2>/dev/null | grep -oE '[0-9]+\.[0-9]' | head -1 || true)
major=${version%%.*}
if [ "${major:-0}" -lt 14 ] || { [ "$major" -lt 19 ] && [ "$what" != helper ]; }; then
    echo "live.sh: Odoo ${version:-of an unknown version}: $what wants a later one (helper runs on 14 to 19, the modules are for 19)" >&2
    exit 77
fi
postgres=$(dirname "$(readlink -f "$(command -v initdb || ls -d /usr/lib/postgresql/*/bin/initdb 2>/dev/null | sort -V | tail -1 || true)")")
if [ ! -x "$postgres/initdb" ]; then
    echo "live.sh: PostgreSQL's initdb was not found: the live suites did not run" >&2
    exit 77
fi

# PostgreSQL does not run as root; Odoo need not either.
as=()
owner=$(id -un)
if [ "$(id -u)" = 0 ]; then
    for owner in odoo postgres nobody; do id "$owner" >/dev/null 2>&1 && break; done
    as=(runuser -u "$owner" --)
fi

work=$(mktemp -d)
chmod 755 "$work"
mkdir "$work/run" && chown "$owner" "$work/run"
server=
beside=
finish() {
    [ -z "$beside" ] || kill -- "-$beside" 2>/dev/null || true
    [ -z "$server" ] || kill -- "-$server" 2>/dev/null || true
    [ -z "$beside" ] || wait "$beside" 2>/dev/null || true
    [ -z "$server" ] || wait "$server" 2>/dev/null || true
    "${as[@]}" "$postgres/pg_ctl" -D "$work/run/pg" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
say() { printf '\n== %s (%s s)\n' "$*" "$SECONDS"; }

say "PostgreSQL"
pg_port=$(free_port)
"${as[@]}" "$postgres/initdb" -D "$work/run/pg" -U live -A trust -E UTF8 --locale=C.UTF-8 >"$work/initdb.log"
"${as[@]}" "$postgres/pg_ctl" -D "$work/run/pg" -w -l "$work/run/pg.log" \
    -o "-k $work/run -p $pg_port -c listen_addresses= -F -c synchronous_commit=off -c full_page_writes=off -c max_connections=200" start >/dev/null

# The modules are read by another user than the one who checked them out.
cp -r "$root/addons" "$work/addons"
chmod -R a+rX "$work/addons"
# An older Odoo would look at them in vain, and take that path in place of its own.
addons=()
[ "$major" -lt 19 ] || addons=(--addons-path "$work/addons")
run_odoo() {
    "${as[@]}" env HOME="$work/run" PGHOST= "$odoo" "$@" --db_host "$work/run" --db_port "$pg_port" --db_user live \
        --data-dir "$work/run/data" "${addons[@]}" --max-cron-threads 0 --workers 0
}
# Runs Odoo to its end; its log is shown only if it fails.
finish_odoo() {
    local log=$work/run/step-$BASHPID.log
    if ! run_odoo "$@" --stop-after-init --no-http >"$log" 2>&1 || grep -qE ' (ERROR|CRITICAL) ' "$log"; then
        tail -60 "$log"
        echo "live.sh: odoo $* failed" >&2
        exit 1
    fi
}
copy_database() {
    "$postgres/createdb" -h "$work/run" -p "$pg_port" -U live -T "$1" "$2"
    if [ -d "$work/run/data/filestore/$1" ]; then
        "${as[@]}" cp -r "$work/run/data/filestore/$1" "$work/run/data/filestore/$2"
    fi
}
serve() {
    local database=$1 port=$2
    set -m # a process group of its own: the shell's child starts Odoo as another user, and all of it is to end
    run_odoo -d "$database" --db-filter "^$database\$" --http-interface 127.0.0.1 --http-port "$port" \
        --smtp-port "$smtp_port" >"$work/run/$database.log" 2>&1 &
    server=$!
    set +m
    for _ in $(seq 240); do
        curl -fso /dev/null --max-time 5 -H 'Content-Type: application/json' -d '{"params": {}}' \
            "http://127.0.0.1:$port/web/webclient/version_info" && return
        kill -0 "$server" 2>/dev/null || break
        sleep 0.25
    done
    tail -40 "$work/run/$database.log"
    echo "live.sh: Odoo did not start" >&2
    exit 1
}
stop_server() {
    { kill -- "-$server" && wait "$server"; } 2>/dev/null || true
    server=
}

# That the roads are roads at all is a property of Odoo, not of the module: proved with the roads.
# The buttons in a browser want one, and a quiet machine.
proofs=roads_proof,internal_proof,agent_tours
run_tests() {
    local database=$1 tags=$2 log=$work/run/tests.log
    shift 2
    run_odoo -d "$database" "$@" --test-tags "$tags" --stop-after-init --http-interface 127.0.0.1 --http-port "$(free_port)" \
        >"$log" 2>&1 || true
    grep -E 'odoo.tests.result|FAIL:|ERROR:|odoo.tests.stats' "$log" | tail -40 || true
    if ! grep -qE 'odoo.tests.result: 0 failed, 0 error\(s\) of [1-9][0-9]* tests' "$log"; then
        tail -80 "$log"
        echo "live.sh: the modules' tests failed" >&2
        exit 1
    fi
}

make_users() {
    touch "$work/run/keys" && chown "$owner" "$work/run/keys" && chmod 600 "$work/run/keys"
    LIVE_KEYS=$work/run/keys run_odoo shell -d "$1" --no-http <"$root/scripts/live_users.py" >"$work/run/users.log" 2>&1 ||
        { tail -20 "$work/run/users.log"; exit 1; }
    set -a
    # shellcheck disable=SC1091
    . "$work/run/keys"
    set +a
}

# The helper's own tests of this name. That none has it is a slip of this script, and not a success.
helper_tests() {
    local log=$work/helper_tests.log
    (cd "$root" && cargo test --features live --test it -- "$@") 2>&1 | tee "$log"
    grep -qE '^test result: ok\. [1-9]' "$log" || { echo "live.sh: no test is named $1" >&2; exit 1; }
}

# What a version before 19 has: no guard, no JSON-2.
older_suite() {
    smtp_port=$(free_port)
    local port
    port=$(free_port)
    make_users base
    serve base "$port"
    say "the helper's suite on Odoo $version"
    export LIVE_BASE_URL=http://127.0.0.1:$port LIVE_DB=base LIVE_MAJOR=$major
    helper_tests live_older:: --test-threads 2
    stop_server
}

helper_suite() {
    smtp_port=$(free_port)
    say "the guard beside the helper"
    copy_database base live
    finish_odoo -d live -i strictbase_agent_guard
    make_users live
    local port
    port=$(free_port)
    serve live "$port"
    say "the helper's suite"
    export LIVE_BASE_URL=http://127.0.0.1:$port LIVE_DB=live LIVE_SMTP_PORT=$smtp_port
    if [ "$what" = compare ]; then
        say "the embedded Odoo beside it"
        (cd "$root" && cargo build)
        python3 "$root/scripts/compare_sandbox.py" "$LIVE_BASE_URL" "$LIVE_DB" "$LIVE_ADMIN_KEY" \
            "$root/target/debug/odoo-agent" --each "${LIVE_COMPARED:-12}"
        stop_server
        return
    fi
    helper_tests live:: --test-threads 2
    # What is found out of lost answers and taken back wants nobody else at work as that user; not in every run of CI.
    [ "$what" = all ] || helper_tests live_journal:: --test-threads 1
    say "one token, twenty callers"
    ODOO_BASE_URL=$LIVE_BASE_URL ODOO_DB=live ODOO_API_KEY=$LIVE_AGENT_KEY ODOO_APPROVER_API_KEY=$LIVE_APPROVER_KEY \
        GUARD_SMTP_PORT=$smtp_port python3 "$root/addons/strictbase_agent_guard/tests/live_parallel.py"
    stop_server
}

guarded_modules() {
    say "the modules that the guard's tests go through"
    copy_database "$1" addons
    finish_odoo -d addons --with-demo -i "$("$root/scripts/guarded_modules.sh")"
    finish_odoo -d addons -i strictbase_agent_guard
}

addons_suite() {
    guarded_modules "$1"
    cp -r "$root/scripts/no_bundles" "$work/addons" && chmod -R a+rX "$work/addons/no_bundles"
    say "Odoo's tests of addons/"
    run_tests addons "$(cd "$root/addons" && ls -d */ | sed 's,/$,,; s,^,/,' | paste -sd,),$(echo "$proofs" | sed 's,[^\,]*,-&,g')" \
        --load base,rpc,web,no_bundles
}

# The false ends that live_roads.py has in itself.
false_ends() {
    sink=2525
    export HTTP_PROXY=http://127.0.0.1:2526 HTTPS_PROXY=http://127.0.0.1:2526 NO_PROXY=127.0.0.1,localhost
    smtp_port=$sink
}

walk() {
    guarded_modules base
    false_ends
    say "the walk: ${walk_arguments:-10 minutes}"
    local port
    port=$(free_port)
    serve addons "$port"
    WALK=$walk_arguments LIVE_URL=http://127.0.0.1:$port \
        run_odoo shell -d addons --no-http --smtp-port "$sink" --log-level error \
        <"$work/addons/strictbase_agent_guard/tests/live_walk.py"
    stop_server
}

roads() {
    guarded_modules base
    local tests=$work/addons/strictbase_agent_guard/tests script port
    false_ends
    for script in live_roads live_transactions live_uninstall; do
        say "$script"
        copy_database addons "$script"
        port=$(free_port)
        if [ "$script" = live_roads ]; then serve "$script" "$port"; fi
        LIVE_URL=http://127.0.0.1:$port \
            run_odoo shell -d "$script" --no-http --smtp-port "$sink" <"$tests/$script.py" 2>"$work/run/$script.err" |
            tee "$work/run/$script.out" | tail -15
        grep -qE "all good|'open': 0" "$work/run/$script.out" "$work/run/$script.err" || { tail -40 "$work/run/$script.err"; exit 1; }
        if [ -n "$server" ]; then stop_server; fi
    done
    say "every road reaches a client where nobody guards it"
    run_tests addons "$proofs"
}

say "a database with demo data"
modules=crm,project,hr_timesheet,sale_management,account,contacts
if [ "$major" -lt 19 ]; then
    finish_odoo -d base -i "$modules"
    older_suite
    say "all live suites passed on Odoo $version"
    exit 0
fi
finish_odoo -d base -i "$modules,api_doc" --with-demo

case $what in
    helper | compare) helper_suite ;;
    addons) addons_suite base ;;
    roads) roads ;;
    walk) walk ;;
    all)
        # Side by side: each waits for Odoo most of its time. A database is copied only while nobody is in it.
        copy_database base base_of_addons
        set -m # a process group of its own, to be ended whole
        addons_suite base_of_addons >"$work/addons.log" 2>&1 &
        beside=$!
        set +m
        helper_suite
        wait "$beside" && beside= || { cat "$work/addons.log"; exit 1; }
        cat "$work/addons.log"
        ;;
esac
say "all live suites passed"
