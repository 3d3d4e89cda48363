/**
 * Exit codes of the command line: 1 refused or failed, 2 wrong usage or configuration, 3 not found, 124 not within its
 * time (as timeout(1) has it).
 */
export type FailureExitCode = 1 | 2 | 3 | 124;

/** Ends a command: the message, which says what to do next where that is known, goes to stderr in one line, the code to the shell. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';

  constructor(
    readonly exitCode: FailureExitCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
