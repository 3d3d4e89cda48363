import type { Logger, Meter, Platform, Tracer } from '@milena/platform';
import { nodeClock } from './node-clock';
import { nodeDisk } from './node-disk';
import { createNodeRandom } from './node-random';
import { nodeTimers } from './node-timers';
import { createRocksDbStateStores } from './rocksdb-state-stores';

/** What the platform of a process cannot know by itself. */
export interface NodePlatformOptions {
  readonly logger: Logger;
  readonly tracer: Tracer;
  readonly meter: Meter;
}

/** The platform of a real process. */
export function createNodePlatform({ logger, tracer, meter }: NodePlatformOptions): Platform {
  return {
    clock: nodeClock,
    timers: nodeTimers,
    random: createNodeRandom(),
    disk: nodeDisk,
    stateStores: createRocksDbStateStores({ logger }),
    logger,
    tracer,
    meter,
  };
}
