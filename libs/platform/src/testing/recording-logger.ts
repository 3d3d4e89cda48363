import type { Logger } from '../logger';

/** One line that was logged. */
export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  /** Facts of the line and of the loggers above it. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** A logger that keeps its lines, those of its children included, oldest first. */
export interface RecordingLogger extends Logger {
  readonly lines: readonly LogLine[];
}

function recorder(lines: LogLine[], inherited: Readonly<Record<string, unknown>>): RecordingLogger {
  const at =
    (level: LogLine['level']): Logger['info'] =>
    (message, facts) =>
      void lines.push({ level, message, facts: { ...inherited, ...facts } });
  return {
    lines,
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (facts) => recorder(lines, { ...inherited, ...facts }),
  };
}

/** A logger for tests that ask what was said. */
export function createRecordingLogger(): RecordingLogger {
  return recorder([], {});
}
