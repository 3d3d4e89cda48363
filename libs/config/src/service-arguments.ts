import { parseArgs, type ParseArgsConfig } from 'node:util';

/** What a service is told on its command line. */
export interface ServiceArguments {
  /** `--config <file>`. */
  readonly file: string | undefined;
  /** `--set key=value`, in order. */
  readonly overrides: readonly string[];
  /** `--pretty`: log lines for people. */
  readonly pretty: boolean;
}

/** The arguments, or the line that says what is wrong with them. */
export type ParsedServiceArguments =
  { readonly ok: true; readonly value: ServiceArguments } | { readonly ok: false; readonly problem: string };

const OPTIONS = {
  config: { type: 'string' },
  set: { type: 'string', multiple: true },
  pretty: { type: 'boolean' },
} as const satisfies ParseArgsConfig['options'];

/** Reads the command line of a service, without program and script. */
export function serviceArguments(argv: readonly string[]): ParsedServiceArguments {
  try {
    const { values } = parseArgs({ args: [...argv], options: OPTIONS });
    const { config: file, set: overrides = [], pretty = false } = values;
    return { ok: true, value: { file, overrides, pretty } };
  } catch (error) {
    const [reason = ''] = (error as Error).message.split('\n');
    return { ok: false, problem: `${reason} Usage: --config <server.properties> [--set key=value ...] [--pretty]` };
  }
}
