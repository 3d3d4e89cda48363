import type { Clock } from './clock';
import type { Disk } from './disk';
import type { Logger } from './logger';
import type { Meter } from './meter';
import type { Random } from './random';
import type { StateStores } from './state-store';
import type { Timers } from './timers';
import type { Tracer } from './tracer';

/** Everything of the outside world a server may touch besides its channels. Handed in once, by the composition root. */
export interface Platform {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly disk: Disk;
  readonly stateStores: StateStores;
  readonly logger: Logger;
  readonly tracer: Tracer;
  readonly meter: Meter;
}
