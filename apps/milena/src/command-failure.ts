/** Exit codes of the command line: 1 refused or failed, 2 wrong usage or configuration, 3 not found. */
export type FailureExitCode = 1 | 2 | 3;

/** Ends a command: the message goes to stderr in one line, the code to the shell. */
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
