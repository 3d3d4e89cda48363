import { commandLine } from '../dev/command-line';

/** A shell whose completion we know how to teach. */
export type CompletionShell = 'bash' | 'zsh' | 'fish';

/** The shells, for the command line's help. */
export const COMPLETION_SHELLS: readonly CompletionShell[] = ['bash', 'zsh', 'fish'];

/**
 * What a shell is to evaluate: it teaches it to complete `milena`, which it makes a command if there is none, run as `argv`.
 * Candidates are asked of the program itself; where it has none, the shell offers files.
 */
export function completionScript(shell: CompletionShell, argv: readonly string[]): string {
  const milena = commandLine(argv);
  const scripts: Readonly<Record<CompletionShell, string>> = {
    bash: `# source <(milena completion bash)
type milena >/dev/null 2>&1 || milena() { ${milena} "$@"; }
_milena() {
  local line="\${COMP_LINE:0:COMP_POINT}" words
  # COMP_WORDS would be cut at the colon of an address.
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  local IFS=$'\\n'
  COMPREPLY=($(${milena} __complete -- "\${words[@]:1}" 2>/dev/null | cut -f 1))
}
complete -o default -F _milena milena
`,
    zsh: `# source <(milena completion zsh)
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }
type milena >/dev/null 2>&1 || milena() { ${milena} "$@"; }
_milena() {
  local -a candidates
  local word text
  while IFS=$'\\t' read -r word text; do
    candidates+=("\${word//:/\\\\:}:\${text}")
  done < <(${milena} __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( $#candidates )); then _describe milena candidates; else _files; fi
}
compdef _milena milena
`,
    fish: `# milena completion fish | source
type -q milena; or function milena; ${milena} $argv; end
function __milena_complete
  set -l words (commandline -opc) (commandline -ct)
  ${milena} __complete -- $words[2..-1] 2>/dev/null
end
complete -c milena -a '(__milena_complete)'
`,
  };
  return scripts[shell];
}
