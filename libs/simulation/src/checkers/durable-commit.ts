import { MalformedInput } from '@milena/bytes';
import { batchesOf, type VoterEntry } from '@milena/record-batch';
import type { MemoryDisk } from '@milena/platform/testing';
import type { World } from '../world';

/** A voter's disk, and whether its content counts. */
export interface VoterDisk {
  readonly disk: MemoryDisk;
  readonly folder: string;
}

/** A move of a leader's high watermark. */
export interface HighWatermarkMove {
  readonly node: string;
  readonly from: number;
  readonly to: number;
  readonly sets: readonly (readonly VoterEntry[])[];
}

/** One move of the high watermark in so many is looked at: each costs a look into every voter's files. */
const LOOK_AT_ONE_IN = 4;

/**
 * R6: a leader's high watermark never passes what a majority of the voters has on disk, power cut or not; and on one node
 * it never goes back in one life.
 */
export class DurableCommit {
  #moves = 0;
  #highest = 0;

  constructor(
    private readonly world: World,
    /** The disk of a voter; undefined when it is gone or damaged. */
    private readonly diskOf: (voter: VoterEntry) => VoterDisk | undefined,
  ) {}

  /** A leader's high watermark moved; it counted the voters of one of these sets. */
  moved(move: HighWatermarkMove): void {
    const { node, from, to, sets } = move;
    if (to < from) this.world.report('R6 high watermark', `${node} went back from ${from} to ${to}`);
    // What was committed before may have lost copies since: disks are replaced.
    if (to <= this.#highest) return;
    this.#highest = to;
    this.#moves += 1;
    if (this.#moves % LOOK_AT_ONE_IN !== 0) return;
    if (sets.some((voters) => this.#having(voters, to) > voters.length / 2)) return;
    const voters = sets[0] ?? [];
    const have = this.#having(voters, to);
    this.world.report(
      'R6 high watermark',
      `${node} committed up to ${to}, which ${have} of ${voters.length} have on disk`,
    );
  }

  #having(voters: readonly VoterEntry[], end: number): number {
    return voters.filter((voter) => {
      const disk = this.diskOf(voter);
      // What a disk held and acknowledged that was replaced or damaged since, nobody can look at any more.
      return disk === undefined || durableEnd(disk) >= end;
    }).length;
  }
}

/** Offset behind the last whole batch that a power cut would leave in a voter's newest log file. */
export function durableEnd({ disk, folder }: VoterDisk): number {
  const name = disk
    .listDurable(folder)
    .filter((each) => each.endsWith('.log'))
    .at(-1);
  if (name === undefined) return 0;
  let end = Number.parseInt(name, 10);
  const bytes = disk.readDurable(`${folder}/${name}`);
  if (bytes === undefined) return end;
  try {
    for (const { header } of batchesOf(bytes)) end = header.lastOffset + 1;
  } catch (error) {
    // Behind a torn write nothing counts; the node that finds it cuts it off.
    if (!(error instanceof MalformedInput)) throw error;
  }
  return end;
}
