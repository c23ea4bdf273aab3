#!/usr/bin/env bash
# ruff and pylint-odoo over addons/, in an environment of their own below target/.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
tools=${CARGO_TARGET_DIR:-target}/lint
if [ ! -x "$tools/bin/ruff" ] || [ ! -x "$tools/bin/pylint" ]; then
    python3 -m venv "$tools" 2>/dev/null || { apt-get install -qy --no-install-recommends python3-venv && python3 -m venv "$tools"; }
    "$tools/bin/pip" install -q 'ruff==0.13.*' 'pylint-odoo==9.3.*'
fi
"$tools/bin/ruff" check addons scripts
"$tools/bin/ruff" format --check addons
# A model has a file for each of its concerns, so its classes are not merged.
"$tools/bin/pylint" --rcfile=.pylintrc --disable=consider-merging-classes-inherited addons/*/
