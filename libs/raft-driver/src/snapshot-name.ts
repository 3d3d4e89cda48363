import { offset, type OffsetAndEpoch } from '@milena/model';

/** What a file of the metadata folder is, by its name. */
export interface SnapshotFileName {
  readonly id: OffsetAndEpoch;
  /** `complete`: it counts. `partial`: being written or received when the node died. `deleted`: Kafka was removing it. */
  readonly kind: 'complete' | 'partial' | 'deleted';
}

const NAME = /^(\d{20})-(\d{10})(?:-\d+)?\.checkpoint(\.part|\.deleted)?$/;

/** Kafka's name of a complete snapshot: `<end offset>-<epoch>.checkpoint`, padded with zeros. */
export function snapshotFileName(id: OffsetAndEpoch): string {
  return `${String(id.offset).padStart(20, '0')}-${String(id.epoch).padStart(10, '0')}.checkpoint`;
}

/** Name while a snapshot is being written by this node, or received from the leader: both may be under way for one id. */
export function partialSnapshotFileName(id: OffsetAndEpoch, origin: 'made' | 'received'): string {
  return snapshotFileName(id).replace('.', `-${origin === 'made' ? 1 : 2}.`) + '.part';
}

/** The reverse, for the names that Kafka makes too; undefined for any other file. */
export function parseSnapshotFileName(name: string): SnapshotFileName | undefined {
  const match = NAME.exec(name);
  if (match === null) return undefined;
  const [endOffset, epoch] = [Number(match[1]), Number(match[2])];
  if (!Number.isSafeInteger(endOffset) || epoch > 0x7fffffff) return undefined;
  const kind = match[3] === undefined ? 'complete' : match[3] === '.part' ? 'partial' : 'deleted';
  return { id: { offset: offset(endOffset), epoch }, kind };
}

/** Whether two ids name one snapshot. */
export function isSameSnapshot(left: OffsetAndEpoch | undefined, right: OffsetAndEpoch | undefined): boolean {
  return left?.offset === right?.offset && left?.epoch === right?.epoch;
}
