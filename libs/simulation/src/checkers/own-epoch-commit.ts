import type { BatchMark } from '../read-log';
import type { World } from '../world';

/** What one look at a leading node showed. */
export interface LeaderObservation {
  readonly nodeId: number;
  readonly epoch: number;
  readonly highWatermark: number;
  /** Batches in the node's log files; asked for only when the high watermark moved. */
  log(): readonly BatchMark[] | undefined;
}

/**
 * R7: a leader's high watermark moves only past a record of its own epoch. Records of older epochs on a majority may still
 * be overwritten (Raft section 5.4.2, figure 8). Judged by the files: where the first batch of the epoch begins.
 */
export class OwnEpochCommit {
  /** By node: the leadership last seen and its high watermark. */
  readonly #seen = new Map<
    number,
    { readonly epoch: number; readonly highWatermark: number; readonly settled: boolean }
  >();

  constructor(private readonly world: World) {}

  leads({ nodeId, epoch, highWatermark, log }: LeaderObservation): void {
    const before = this.#seen.get(nodeId);
    if (before?.epoch === epoch && (before.settled || before.highWatermark === highWatermark)) return;
    const moved = before?.epoch === epoch;
    this.#seen.set(nodeId, { epoch, highWatermark, settled: moved });
    if (!moved) return;
    const first = log()?.find((mark) => mark.epoch === epoch);
    if (first === undefined || highWatermark > first.baseOffset) return;
    const start = `whose first record stands at ${first.baseOffset}`;
    this.world.report(
      'R7 own epoch commit',
      `controller ${nodeId} committed up to ${highWatermark} in epoch ${epoch}, ${start}`,
    );
  }
}
