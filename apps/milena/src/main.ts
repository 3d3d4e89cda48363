import { CommanderError } from 'commander';
import { CommandFailure } from './command-failure';
import { createProgram } from './program';

/** Runs the command line: data on stdout, messages on stderr; the exit codes are those of CommandFailure. */
async function main(): Promise<void> {
  // `milena ... | head` has read enough; that is no failure of ours, and what would go on for ever has no reader any more.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  try {
    await createProgram({ environment: process.env }).parseAsync(process.argv);
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 2; // commander has said why
    } else if (error instanceof CommandFailure) {
      process.stderr.write(`milena: ${error.message}\n`);
      process.exitCode = error.exitCode;
    } else {
      throw error;
    }
  }
}

void main();
