import { MalformedInput } from '@milena/bytes';
import { batchesOf } from '@milena/record-batch';
import type { MemoryDisk } from '@milena/platform/testing';
import type { World } from '../world';

/** A voter's disk, and whether its content counts. */
export interface VoterDisk {
  readonly disk: MemoryDisk;
  readonly folder: string;
}

/** One move of the high watermark in so many is looked at: each costs a look into every voter's files. */
const LOOK_AT_ONE_IN = 4;

/**
 * R6: a leader's high watermark never passes what a majority of the voters has on disk, power cut or not; and on one node
 * it never goes back in one life.
 */
export class DurableCommit {
  #moves = 0;

  constructor(
    private readonly world: World,
    /** Disks of the voters that the leader counts. */
    private readonly voters: () => readonly VoterDisk[],
  ) {}

  /** A leader's high watermark moved. */
  moved(node: string, from: number, to: number): void {
    if (to < from) this.world.report('R6 high watermark', `${node} went back from ${from} to ${to}`);
    this.#moves += 1;
    if (this.#moves % LOOK_AT_ONE_IN !== 0) return;
    const voters = this.voters();
    const have = voters.filter((voter) => durableEnd(voter) >= to).length;
    if (have > voters.length / 2) return;
    this.world.report(
      'R6 high watermark',
      `${node} committed up to ${to}, which ${have} of ${voters.length} have on disk`,
    );
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
