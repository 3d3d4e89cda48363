import type { SeededRandom } from '@milena/platform/testing';
import type { Decay, FaultAction } from './fault-action';
import type { FaultMix } from './fault-mix';
import type { Machine } from '../machine';
import { pickOne } from './pick-one';

/** What faults of disks are drawn for. */
export interface DiskFaultDrawsOptions {
  readonly random: SeededRandom;
  readonly mix: FaultMix;
  readonly machines: readonly Machine[];
  /** Machines whose disk may decay. */
  readonly fragile: readonly Machine[];
}

/** The kinds of disk faults that a mix has. */
export function diskFaultDraws({
  random,
  mix,
  machines,
  fragile,
}: DiskFaultDrawsOptions): readonly (() => readonly FaultAction[])[] {
  const host = (): string => pickOne(random, machines).host;
  const decay = (): Decay => {
    const place = { host: pickOne(random, fragile).host, file: random.fraction(), position: random.fraction() };
    return random.chance(0.5) ? place : { ...place, downMs: random.below(2000) };
  };
  const kinds: (() => FaultAction)[] = [];
  if (mix.failedSyncs) kinds.push(() => ({ do: 'fail sync', host: host(), file: pickOne(random, SYNCED_MORE_OFTEN) }));
  if (mix.failedReads) kinds.push(() => ({ do: 'fail read', host: host(), file: pickOne(random, READ) }));
  if (mix.fullDisks) kinds.push(() => ({ do: 'fill disk', host: host(), freeBytes: random.below(2000) }));
  if (mix.stalledDisks)
    kinds.push(() => {
      const forMs = random.chance(0.3) ? random.below(10_000) : random.below(1_000);
      return { do: 'stall disk', host: host(), forMs };
    });
  if (mix.bitFlips && fragile.length > 0) kinds.push(() => ({ do: 'flip bit', ...decay() }));
  if (mix.lostSectors && fragile.length > 0)
    kinds.push(() => ({ do: 'lose sector', ...decay(), holds: random.chance(0.5) ? 'zeros' : 'another sector' }));
  return kinds.map((draw) => () => [draw()]);
}

const SYNCED_MORE_OFTEN = [
  '.log',
  '.log',
  '.log',
  '.log',
  'quorum-state',
  'quorum-state',
  '.checkpoint',
  'folder',
] as const;
const READ = ['.log', '.log', '.checkpoint', 'quorum-state'] as const;
