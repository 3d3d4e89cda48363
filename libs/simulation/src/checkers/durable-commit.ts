import { MalformedInput } from '@milena/bytes';
import { batchesOf, type VoterEntry } from '@milena/record-batch';
import type { MemoryDisk } from '@milena/platform/testing';
import type { World } from '../world';

/** A voter's disk, and whether its content counts. */
export interface VoterDisk {
  readonly disk: MemoryDisk;
  readonly folder: string;
}

/** A move of a node's high watermark. */
export interface HighWatermarkMove {
  readonly node: string;
  readonly from: number;
  readonly to: number;
  readonly sets: readonly (readonly VoterEntry[])[];
}

/**
 * R6: nobody's high watermark passes what a majority of the voters has on disk, power cut or not; and that of a leader never
 * goes back in one life.
 */
export class DurableCommit {
  #highest = 0;
  /** By which a leader moved last. */
  #leaderSets: readonly (readonly VoterEntry[])[] = [];

  constructor(
    private readonly world: World,
    /** The disk of a voter; undefined when it is gone or damaged. */
    private readonly diskOf: (voter: VoterEntry) => VoterDisk | undefined,
  ) {}

  /** A leader's high watermark moved; it counted the voters of one of these sets. */
  moved(move: HighWatermarkMove): void {
    const { node, from, to } = move;
    if (to < from) this.world.report('R6 high watermark', `${node} went back from ${from} to ${to}`);
    this.followed(move);
    this.#leaderSets = move.sets;
  }

  /** As that, on a node that did not lead; the leader that told it may have crashed as soon as it did. */
  followed({ node, to, sets }: HighWatermarkMove): void {
    // What was committed before may have lost copies since: disks are replaced.
    if (to <= this.#highest) return;
    this.#highest = to;
    if ([...sets, ...this.#leaderSets].some((voters) => this.#having(voters, to) > voters.length / 2)) return;
    const voters = sets[0] ?? [];
    const have = this.#having(voters, to);
    this.world.report(
      'R6 high watermark',
      `${node} has what is before ${to} for committed, which ${have} of ${voters.length} have on disk`,
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
