#compdef odoo-agent odoo_local.sh odoo_erp.sh
# zsh completion for odoo-agent; from `odoo-agent completions zsh`
_odoo-agent() {
    local line directive= tab=$'\t'
    local -a values shown after
    while IFS= read -r line; do
        if [[ -z $directive ]]; then
            directive=$line
        elif [[ $line == *$tab* ]]; then
            values+=("${line%%$tab*}")
            shown+=("${line%%$tab*}  -- ${line#*$tab}")
        else
            values+=("$line")
            shown+=("$line")
        fi
    done < <(odoo-agent __complete zsh $((CURRENT - 1)) -- "${(@Q)words}" 2>/dev/null)
    case $directive in
    files) _files ;;
    *)
        [[ $directive == nospace ]] && after=(-S '')
        compadd -V odoo-agent -l -d shown "${after[@]}" -- "${values[@]}"
        ;;
    esac
}
if [[ $funcstack[1] == _odoo-agent ]]; then
    _odoo-agent "$@"
else
    compdef _odoo-agent odoo-agent odoo_local.sh odoo_erp.sh
fi
