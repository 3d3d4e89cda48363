import { CommanderError } from 'commander';
import { CommandFailure } from './command-failure';
import { createProgram } from './program';

/** Runs the command line: data on stdout, messages on stderr; exit code 0, 1 failed, 2 wrong usage, 3 not found. */
async function main(): Promise<void> {
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
