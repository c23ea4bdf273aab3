# bash completion for odoo-agent; from `odoo-agent completions bash`
_odoo_agent() {
    local line directive=
    COMPREPLY=()
    while IFS= read -r line; do
        if [[ -z $directive ]]; then
            directive=$line
        else
            COMPREPLY+=("$line")
        fi
    done < <(odoo-agent __complete bash "$COMP_CWORD" -- "${COMP_WORDS[@]}" 2>/dev/null)
    case $directive in
    files) compopt -o default 2>/dev/null ;;
    nospace) compopt -o nospace 2>/dev/null ;;
    esac
}
complete -F _odoo_agent odoo-agent odoo_local.sh odoo_erp.sh
