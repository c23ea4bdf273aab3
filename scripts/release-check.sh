#!/usr/bin/env bash
# Before a release: what needs tools that have to be compiled first, and so is not part of every run of CI. What is not
# here is named and counts as not run, never as passed.
set -euo pipefail
cd "$(dirname "$0")/.."

not_run=0
with() { # tool, what it checks, command…
    local tool=$1 what=$2
    shift 2
    if command -v "$tool" >/dev/null; then
        printf '\n=== %s\n' "$what"
        "$@"
    else
        printf '\nNOT RUN: %s (no %s here: cargo install %s)\n' "$what" "$tool" "$tool"
        not_run=$((not_run + 1))
    fi
}

with cargo-deny "licences, sources, advisories" cargo deny --locked check
with cargo-machete "crates that nothing uses" cargo machete
with cargo-semver-checks "the interface of the library" cargo semver-checks
printf '\n=== the moments of an exchange, every one on every way\n'
ODOO_AGENT_TEST_WHOLE=1 cargo test --locked --test it -- moments:: gateway:: routes::
printf '\n=== a hundred thousand calls by one server of mcp\n'
cargo test --locked --release --test it -- --ignored --nocapture a_hundred_thousand_calls
printf '\n=== faults as a release tells them, which has no tables for a backtrace\n'
cargo test --locked --release --test it -- faults::
printf '\n=== what is fuzzed, by its corpora\n'
ODOO_AGENT_FUZZ=${ODOO_AGENT_FUZZ:-20000} cargo test --locked --lib fuzz::
# A minute a target; without the sanitizer, which has to be built with nightly's own library.
fuzz() {
    for target in reply spec env_file forms approval veil; do
        RUSTC_BOOTSTRAP=1 ODOO_AGENT_FUZZ_TARGET=$target cargo fuzz run --sanitizer none any "fuzz/corpus/$target" -- \
            -max_total_time="${SECONDS_A_TARGET:-60}" -max_len=4096
    done
}
with cargo-fuzz "fuzzing" fuzz
printf '\n=== the build without the sandbox\n'
cargo build --locked --release --no-default-features
printf '\n=== the package\n'
cargo package --locked --allow-dirty --no-verify --quiet
printf '\n%s of the checks were not run\n' "$not_run"
