# fish completion for odoo-agent; from `odoo-agent completions fish`
function __odoo_agent_complete
    set -l words (commandline --current-process --tokenize --cut-at-cursor)
    set -l current (commandline --current-token --cut-at-cursor)
    set -l answer (odoo-agent __complete fish (count $words) -- $words "$current" 2>/dev/null)
    if test "$answer[1]" = files
        __fish_complete_path "$current"
    else if set -q answer[2]
        printf '%s\n' $answer[2..-1]
    end
end
for program in odoo-agent odoo_local.sh odoo_erp.sh
    complete --command $program --no-files --keep-order --arguments '(__odoo_agent_complete)'
end
