#!/bin/sh
# Runs odoo-agent in the profile `local`, and in no other: put this path on an agent's allowlist.
# ODOO_LOCAL_ENV_FILE names another profile file than odoo_local.env of the configuration directory.
set -eu
profile=local
env_file=${ODOO_LOCAL_ENV_FILE:-}
. "$(dirname "$(readlink -f "$0")")/pinned.sh"
