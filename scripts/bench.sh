#!/usr/bin/env bash
# Measures the program against something run at the same time, as ratios: other machines and busy ones give
# other times, and much the same ratios. Needs python3 and curl; prints a table for the README.
# --rivals measures MCP servers for Odoo side by side instead: what that needs stands in scripts/rivals.py.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
cargo build --release --quiet
if [[ "${1:-}" == --rivals ]]; then
    exec python3 scripts/rivals.py "${CARGO_TARGET_DIR:-target}/release/odoo-agent"
fi
exec python3 scripts/bench.py "${CARGO_TARGET_DIR:-target}/release/odoo-agent"
