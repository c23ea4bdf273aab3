#!/bin/sh
# Runs odoo-agent in the profile `erp`, and in no other: put this path on an agent's allowlist.
# ODOO_ERP_ENV_FILE names another profile file than odoo_erp.env of the configuration directory.
set -eu
profile=erp
env_file=${ODOO_ERP_ENV_FILE:-}
pinned=$(dirname "$(readlink -f "$0")")/pinned.sh
if [ ! -r "$pinned" ]; then
    echo '{"error":{"code":"config_missing","message":"pinned.sh, which this wrapper is made of with its own file, is not beside it: nothing was sent","hints":["whoever owns this machine copies it there, from the directory scripts/ of odoo-agent"],"effect":"not_sent","retry":"never"}}' >&2
    exit 3
fi
. "$pinned"
