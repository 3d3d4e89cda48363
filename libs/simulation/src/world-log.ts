import { silentLogger, type Logger } from '@milena/platform';

/** One line that a simulated node logged. */
export interface LogLine {
  /** Virtual milliseconds since the start of the run. */
  readonly atMs: number;
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Takes the lines of all nodes, in the order they were logged. */
export type LogSink = (line: LogLine) => void;

/** A logger whose lines carry virtual time; silent without a sink. */
export function createWorldLogger(nowMs: () => number, sink: LogSink | undefined): Logger {
  if (sink === undefined) return silentLogger;
  const withFacts = (shared: Readonly<Record<string, unknown>>): Logger => {
    const at = (level: LogLine['level']) => (message: string, facts?: Readonly<Record<string, unknown>>) =>
      sink({ atMs: nowMs(), level, message, facts: { ...shared, ...facts } });
    const child = (facts: Readonly<Record<string, unknown>>): Logger => withFacts({ ...shared, ...facts });
    return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), child };
  };
  return withFacts({});
}
