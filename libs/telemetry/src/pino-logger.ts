import type { Logger } from '@milena/platform';
import { destination, pino, stdSerializers, type Logger as PinoLogger } from 'pino';
import { prettyLine } from './pretty-line';

/** How loud a log is, from everything to errors only. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

const LEVELS: readonly string[] = ['debug', 'info', 'warn', 'error'] satisfies LogLevel[];

/** The level a text names, `info` when it names none. */
export function logLevel(text: string | undefined): LogLevel {
  return text !== undefined && LEVELS.includes(text) ? (text as LogLevel) : 'info';
}

/** Settings of a process's log. */
export interface LoggerOptions {
  /** Name of the service on every line: `broker`, `controller-quorum`, `milena`. */
  readonly service: string;
  readonly nodeId?: number;
  readonly level: LogLevel;
  /** Lines for people instead of JSON; on a terminal they are anyway. */
  readonly pretty: boolean;
}

/**
 * A log on stderr: one JSON object per line (time, level, service, node_id, msg, then the facts), or lines for people.
 * Writes are synchronous, so that the last line before a crash is there.
 */
export function createLogger({ service, nodeId, level, pretty }: LoggerOptions): Logger {
  const stderr = destination({ fd: 2, sync: true });
  const coloured = process.stderr.isTTY === true && process.stderr.hasColors();
  const target =
    pretty || process.stderr.isTTY === true
      ? { write: (line: string) => void stderr.write(prettyLine(line, coloured)) }
      : stderr;
  const options = {
    level,
    base: nodeId === undefined ? { service } : { service, node_id: nodeId },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: stdSerializers.err, error: stdSerializers.err, cause: stdSerializers.err },
  };
  return adapt(pino(options, target));
}

function adapt(log: PinoLogger): Logger {
  return {
    debug: (message, facts) => log.debug(facts ?? {}, message),
    info: (message, facts) => log.info(facts ?? {}, message),
    warn: (message, facts) => log.warn(facts ?? {}, message),
    error: (message, facts) => log.error(facts ?? {}, message),
    child: (facts) => adapt(log.child(facts)),
  };
}
