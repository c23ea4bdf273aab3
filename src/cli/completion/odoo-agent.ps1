# PowerShell completion for odoo-agent; from `odoo-agent completions powershell`
Register-ArgumentCompleter -Native -CommandName odoo-agent -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements |
        Where-Object { $_.Extent.StartOffset -lt $cursorPosition } |
        ForEach-Object {
            if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value }
            else { $_.Extent.Text }
        })
    $index = $words.Count - 1
    if ($wordToComplete -eq '') { $index += 1 }
    $answer = @(& odoo-agent __complete powershell $index -- $words 2>$null)
    # Without candidates PowerShell completes names of files by itself.
    $answer | Select-Object -Skip 1 | ForEach-Object {
        $value, $help = $_ -split "`t", 2
        if (-not $help) { $help = $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $help)
    }
}
