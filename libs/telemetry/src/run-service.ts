import type { Logger } from '@milena/platform';

/** Something a process runs until it is told to stop. */
export interface Service {
  /** Resolves when the service serves; may take as long as its peers do. Rejects when it cannot run at all. */
  start(): Promise<void>;
  /** Ends it in good order, also while `start` is still under way. */
  stop(): Promise<void>;
  /** Whether it can do its job right now; asked at every probe, at any time. */
  isReady(): boolean;
  /** One line for people: what it waits for while it is not ready. */
  whyNotReady?(): string | undefined;
}

/** How a service's process behaves. */
export interface RunServiceOptions {
  /** Name in the one line that says why the process ends. */
  readonly name: string;
  readonly logger: Logger;
  /** Longest time `stop` may take before the process ends anyway, with code 1. */
  readonly stopWithinMs: number;
}

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
/** A terminal's Ctrl-C reaches a process through its parents too: copies of one signal come this close together. */
const SAME_SIGNAL_MS = 500;

/**
 * Runs a service for the life of the process. SIGTERM, SIGINT, SIGHUP and the end of a parent that spawned us with an IPC
 * channel stop it: exit code 0 when that went well. A second signal ends the process at once. A start that fails ends it
 * with one line and code 1, or the `exitCode` its error carries; so does a fatal error, reported or caught by nobody, because
 * the state can no longer be trusted.
 */
export function runService(
  create: (onFatal: (error: unknown) => void) => Pick<Service, 'start' | 'stop'>,
  { name, logger, stopWithinMs }: RunServiceOptions,
): void {
  let stoppingSince: number | undefined;

  function end(code: number, line?: string): never {
    if (line !== undefined) process.stderr.write(`${name}: ${line}\n`);
    process.exit(code);
  }

  function created(): Pick<Service, 'start' | 'stop'> {
    try {
      return create(fatal);
    } catch (error) {
      return end(exitCodeOf(error), errorText(error));
    }
  }

  function stop(cause: string): void {
    const now = performance.now();
    if (stoppingSince !== undefined) {
      if (now - stoppingSince > SAME_SIGNAL_MS) end(1, `${cause} while stopping, ended at once`);
      return;
    }
    stoppingSince = now;
    logger.info('stopping', { cause });
    const deadline = setTimeout(() => end(1, `did not stop within ${stopWithinMs} ms`), stopWithinMs);
    service.stop().then(
      () => {
        clearTimeout(deadline);
        logger.info('stopped', { ms: Math.round(performance.now() - now) });
        end(0);
      },
      (error: unknown) => end(1, `stopping failed: ${errorText(error)}`),
    );
  }

  function fatal(error: unknown): void {
    logger.error('fatal error', { error });
    end(1, `fatal error: ${errorText(error)}`);
  }

  const service = created();
  for (const signal of SIGNALS) process.on(signal, () => stop(signal));
  process.on('disconnect', () => stop('end of the parent process'));
  process.channel?.unref();
  process.on('uncaughtException', fatal);
  process.on('unhandledRejection', fatal);
  service.start().catch((error: unknown) => {
    if (stoppingSince === undefined) end(exitCodeOf(error), errorText(error));
  });
}

function exitCodeOf(error: unknown): number {
  const code = error instanceof Error && 'exitCode' in error ? error.exitCode : 1;
  return typeof code === 'number' ? code : 1;
}

function errorText(error: unknown): string {
  return error instanceof Error ? error.message.replaceAll('\n', ' ') : String(error);
}
