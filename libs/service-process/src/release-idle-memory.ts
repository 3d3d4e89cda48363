import { performance } from 'node:perf_hooks';
import { getHeapSpaceStatistics, getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Logger } from '@milena/platform';
import { ReleaseSchedule } from './release-schedule';

const LOOK_EVERY_MS = 5_000;

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
 * process is idle again and its heap much larger than it was when last given back, it is collected in one pause: some tens
 * of milliseconds, because heaps with more than a little alive are left to the engine. Does not keep the process alive.
 */
export function releaseIdleMemory({ logger, lookEveryMs = LOOK_EVERY_MS }: IdleMemoryOptions): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as Collect;
  const schedule = new ReleaseSchedule(getHeapStatistics().total_heap_size);
  let before = performance.eventLoopUtilization();
  let isCollecting = false;

  async function release(heapBytes: number): Promise<void> {
    isCollecting = true;
    const startedMs = performance.now();
    await collect({ type: 'major', flavor: 'last-resort', execution: 'async' });
    const nowMs = performance.now();
    const restBytes = getHeapStatistics().total_heap_size;
    schedule.released({ nowMs, pauseMs: nowMs - startedMs, heapBytes: restBytes });
    logger.debug('memory given back', { heapBytes, restBytes, pauseMs: Math.round(nowMs - startedMs) });
    before = performance.eventLoopUtilization();
    isCollecting = false;
  }

  const look = (): void => {
    if (isCollecting) return;
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    const heapBytes = getHeapStatistics().total_heap_size;
    if (schedule.isDue({ nowMs: performance.now(), utilization, heapBytes, oldBytes: oldBytes() })) {
      // Memory that cannot be given back is kept; nothing else is lost, and nothing is tried again.
      release(heapBytes).catch((error: unknown) => logger.warn('memory cannot be given back', { error }));
    }
  };
  setInterval(look, lookEveryMs).unref();
}

/** Bytes used outside of the young generation. */
function oldBytes(): number {
  return getHeapSpaceStatistics()
    .filter(({ space_name: name }) => !name.startsWith('new_'))
    .reduce((sum, { space_used_size: used }) => sum + used, 0);
}
