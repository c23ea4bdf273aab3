#!/bin/sh
# Runs odoo-agent in the profile `local`, and in no other: put this path on an agent's allowlist.
# ODOO_LOCAL_ENV_FILE names another profile file than odoo_local.env of the configuration directory.
set -eu
profile=local
env_file=${ODOO_LOCAL_ENV_FILE:-}
pinned=$(dirname "$(readlink -f "$0")")/pinned.sh
if [ ! -r "$pinned" ]; then
    echo '{"error":{"code":"config_missing","message":"pinned.sh, which this wrapper is made of with its own file, is not beside it: nothing was sent","hints":["whoever owns this machine copies it there, from the directory scripts/ of odoo-agent"],"effect":"not_sent","retry":"never"}}' >&2
    exit 3
fi
. "$pinned"
