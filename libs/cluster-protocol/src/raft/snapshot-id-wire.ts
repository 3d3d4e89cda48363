import { MalformedInput } from '@milena/bytes';
import type { OffsetAndEpoch } from '@milena/model';
import type { SnapshotId } from '@milena/proto';
import { naturalFromWire, offsetFromWire } from '../wire-values';

/** The name of a snapshot on the wire. */
export function snapshotIdToWire(id: OffsetAndEpoch): { endOffset: bigint; epoch: number } {
  return { endOffset: BigInt(id.offset), epoch: id.epoch };
}

/** Reads the name of a snapshot that must be there. */
export function snapshotIdFromWire(message: SnapshotId | undefined): OffsetAndEpoch {
  if (message === undefined) throw new MalformedInput('a snapshot id is missing');
  return { offset: offsetFromWire(message.endOffset), epoch: naturalFromWire(message.epoch, 'epoch') };
}
