import { Argument, type Command } from 'commander';
import { COMPLETION_SHELLS, type CompletionShell } from '../completion/completion-script';

/** `milena completion`, and what the shell asks when Tab is pressed. */
export function addCompletion(program: Command): void {
  program
    .command('completion')
    .description('print what teaches a shell to complete: source <(milena completion bash)')
    .addArgument(new Argument('<shell>').choices(COMPLETION_SHELLS))
    .action(async (shell: CompletionShell) => {
      const { completionScript } = await import('../completion/completion-script.js');
      process.stdout.write(completionScript(shell, [process.execPath, process.argv[1] ?? 'milena']));
    });
  program
    .command('__complete', { hidden: true })
    .argument('[words...]')
    .action(async (words: string[]) => {
      const { completions } = await import('../completion/completions.js');
      const { clusterNames } = await import('../completion/cluster-names.js');
      const candidates = await completions(program, words, clusterNames);
      const text = candidates.map(({ word, description }) => `${word}\t${description}\n`).join('');
      // A cluster that is asked in vain may still hold a socket open.
      process.stdout.write(text, () => process.exit(0));
    });
}
