#!/bin/sh
# Runs odoo-agent in the profile `erp`, and in no other: put this path on an agent's allowlist.
# ODOO_ERP_ENV_FILE names another profile file than odoo_erp.env of the configuration directory.
set -eu
profile=erp
env_file=${ODOO_ERP_ENV_FILE:-}
. "$(dirname "$(readlink -f "$0")")/pinned.sh"
