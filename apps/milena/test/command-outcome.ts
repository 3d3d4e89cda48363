import { CommandFailure } from '../src/command-failure';

/** What a command wrote to stdout, and how it ended. */
export interface CommandOutcome {
  /** 0, or that of the failure. */
  readonly code: number;
  readonly stdout: string;
  /** The failure's message; empty when there is none. */
  readonly message: string;
}

/** Runs a command in this process, whose stdout is its own meanwhile; anything it throws that is no CommandFailure is thrown on. */
export async function commandOutcome(command: () => Promise<void>): Promise<CommandOutcome> {
  let stdout = '';
  const { stdout: stream } = process;
  const write = stream.write.bind(stream);
  stream.write = (text: Uint8Array | string) => {
    stdout += text.toString();
    return true;
  };
  try {
    await command();
    return { code: 0, stdout, message: '' };
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    return { code: error.exitCode, stdout, message: error.message };
  } finally {
    stream.write = write;
  }
}
