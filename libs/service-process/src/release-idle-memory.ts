import { performance } from 'node:perf_hooks';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Logger } from '@milena/platform';

const LOOK_EVERY_MS = 5_000;
/** A process that spends less of its time working than this is idle. */
const IDLE_UTILIZATION = 0.1;
/** What is worth a pause: less than this is left to the engine. */
const EXCESS_BYTES = 16 * 1024 * 1024;

/** V8's collector by its own name; `last-resort` gives back all it can, the young generation's reserve included. */
type Collect = (options: {
  readonly type: 'major';
  readonly flavor: 'last-resort';
  readonly execution: 'async';
}) => Promise<void>;

/** When memory is looked at; spec values differ. */
export interface IdleMemoryOptions {
  readonly logger: Logger;
  readonly lookEveryMs?: number;
}

/**
 * Gives memory back that a burst made the engine take. V8 grows its young generation to 128 MiB under load and collects
 * nothing while nothing is allocated, so a process that was flooded for a minute would hold on to it for good. Once the
 * process is idle again and its heap much larger than it was when last given back, it is collected in one pause of some tens
 * of milliseconds. Does not keep the process alive.
 */
export function releaseIdleMemory({ logger, lookEveryMs = LOOK_EVERY_MS }: IdleMemoryOptions): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as Collect;
  let restBytes = getHeapStatistics().total_heap_size;
  let before = performance.eventLoopUtilization();
  let isCollecting = false;

  async function release(): Promise<void> {
    isCollecting = true;
    const heapBytes = getHeapStatistics().total_heap_size;
    await collect({ type: 'major', flavor: 'last-resort', execution: 'async' });
    restBytes = getHeapStatistics().total_heap_size;
    logger.debug('memory given back', { heapBytes, restBytes });
    before = performance.eventLoopUtilization();
    isCollecting = false;
  }

  const look = (): void => {
    if (isCollecting) return;
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    const isExcessive = getHeapStatistics().total_heap_size > restBytes + EXCESS_BYTES;
    if (isExcessive && utilization < IDLE_UTILIZATION) void release();
  };
  setInterval(look, lookEveryMs).unref();
}
