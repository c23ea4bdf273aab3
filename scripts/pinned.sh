# Sourced by the wrappers with $profile and $env_file set. Settings come from the profile alone: whatever the
# shell has exported for another server, keys of approvers and tokens included, is left behind, and a second
# --profile or --env-file is refused by the program. ODOO_AGENT_HOME stays: it says where the profiles are. The names
# of what is left behind go to the program, which notes those that would have counted.
left_out=
for name in $(env | sed -n 's/^\(ODOO_[A-Za-z0-9_]*\)=.*/\1/p'); do
    case $name in
    ODOO_AGENT_HOME) ;;
    *)
        unset "$name"
        left_out="$left_out $name"
        ;;
    esac
done
ODOO_AGENT_LEFT_OUT=${left_out# }
export ODOO_AGENT_LEFT_OUT
# How notes and hints name this wrapper, so that an agent which may run nothing else can run what they say.
case $0 in
/*) ODOO_AGENT_CALLED_AS=$0 ;;
*) ODOO_AGENT_CALLED_AS=$PWD/${0#./} ;;
esac
export ODOO_AGENT_CALLED_AS
here=$(dirname "$(readlink -f "$0")")
if [ -x "$here/../target/release/odoo-agent" ]; then
    program=$here/../target/release/odoo-agent
elif [ -x "$here/odoo-agent" ]; then
    program=$here/odoo-agent
else
    program=odoo-agent
    if ! command -v "$program" >/dev/null 2>&1; then
        echo '{"error":{"code":"config_missing","message":"the program that this wrapper runs, odoo-agent, is not installed: nothing was sent","hints":["whoever owns this machine installs it, in the directory that holds its README: cargo install --path . --locked, or cargo build --release","or puts it on PATH, or beside this wrapper"],"effect":"not_sent","retry":"never"}}' >&2
        exit 3
    fi
fi
if [ -n "$env_file" ]; then
    case $(basename "$env_file") in
    odoo_"$profile".env) ;;
    odoo_*.env)
        echo '{"error":{"code":"config_unsafe","message":"this wrapper works in the profile '"$profile"' only, and the file named for it is that of another profile","hints":[],"effect":"not_sent","retry":"never"}}' >&2
        exit 3
        ;;
    esac
    exec "$program" --env-file "$env_file" "$@"
fi
exec "$program" --profile "$profile" "$@"
