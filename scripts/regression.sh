#!/bin/sh
# Odoo's own post_install suites with and without the guard: the result must be the same.
#
#   ODOO_BIN=odoo scripts/regression.sh [suite ...]
#
# ODOO_BIN     how Odoo is started, may hold arguments (a configuration file, a user)
# ODOO_ADDONS  the addons path of Odoo itself, if the configuration does not say it
# PG*          as for createdb; Odoo must reach the same server
# GUARD_WORK   where the logs go (default: a new directory under $TMPDIR)
# GUARD_KEEP   set: the databases are left in place
# GUARD_PORT   where the one without is served to its tests (default 8069); the other ten above
#
# It is long: /account alone takes most of an hour on two cores. Not for CI.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
odoo=${ODOO_BIN:-odoo}
work=${GUARD_WORK:-$(mktemp -d)}
mkdir -p "$work"
name=guard_regression_$$
suites=${*:-/mail /test_mail /test_mail_full /sms /test_mail_sms /account /portal /calendar}
# at_install suites only make sense while their module is being installed
tags=$(echo "$suites" | tr " " ","),-at_install
modules=mail,test_mail,test_mail_full,sms,test_mail_sms,account,portal,calendar
# and what else is named, such as /sale
modules=$modules,$(echo "$suites" | tr " " "\n" | sed -nE 's#^/([a-z0-9_]+).*#\1#p' | sort -u | paste -sd, -)
addons=$root/addons${ODOO_ADDONS:+,$ODOO_ADDONS}

port=${GUARD_PORT:-8069}
run() {  # run WHICH LOG ARG...
    # Each is served where its own web.base.url says: PDF documents are loaded from there.
    db=$name$1 log=$2 at=$port
    [ -z "$1" ] || at=$((port + 10))
    shift 2
    # shellcheck disable=SC2086
    $odoo -d "$db" --db-filter "^$db\$" --addons-path "$addons" --max-cron-threads 0 --http-port "$at" \
        --stop-after-init "$@" >"$log" 2>&1 || true
}

# One line per failed or broken test, then the totals.
results() {
    grep -oE ' (FAIL|ERROR): (Subtest )?[A-Za-z0-9_]+\.test[A-Za-z0-9_]*.*' "$1" | sort -u
    grep -oE '[0-9]+ failed, [0-9]+ error\(s\) of [0-9]+ tests' "$1" | tail -n 1
}

finish() {
    [ -n "${GUARD_KEEP:-}" ] && return
    for db in "$name" "${name}_with"; do dropdb --if-exists "$db" >/dev/null 2>&1 || true; done
}
trap finish EXIT

echo "logs in $work"
for which in "" _with; do
    createdb "$name$which"
    run "$which" "$work/install$which.log" -i "$modules" --no-http
done
run _with "$work/install_guard.log" -i strictbase_agent_guard --no-http
# Side by side, so that what the machine does meanwhile meets both.
tests() {  # tests WHICH
    start=$(date +%s)
    run "$1" "$work/tests$1.log" --test-tags "$tags"
    results "$work/tests$1.log" >"$work/results$1.txt"
    echo "${1:-_without}: $(tail -n 1 "$work/results$1.txt") in $(($(date +%s) - start)) s"
}
tests "" &
tests _with &
wait
if diff "$work/results.txt" "$work/results_with.txt"; then
    echo "the same with and without the guard"
else
    echo "the results differ" >&2
    exit 1
fi
