import {
  createDelta,
  createSnapshotDelta,
  decodeMetadataRecord,
  emptyImage,
  encodeMetadataRecord,
  imageRecords,
  type MetadataImage,
  type MetadataRecord,
} from '@milena/metadata';
import { addOffset } from '@milena/model';
import type { MetadataSnapshot } from '@milena/raft-driver';
import type { StateMachine } from '@milena/replicated-state';

/** The cluster's metadata as a replicated state machine: images, moved by metadata records. */
export const metadataStateMachine: StateMachine<MetadataImage, MetadataRecord> = {
  initial: emptyImage,
  replay(image, { records, baseOffset, epoch }) {
    const delta = createDelta(image);
    records.forEach((record, index) => delta.replay(record, addOffset(baseOffset, index), epoch));
    return delta.apply();
  },
  encode: encodeMetadataRecord,
  decode: decodeMetadataRecord,
};

/** The image a snapshot holds. */
export function imageOfSnapshot({ id, batches }: MetadataSnapshot): MetadataImage {
  const delta = createSnapshotDelta(emptyImage, { offset: addOffset(id.offset, -1), epoch: id.epoch });
  for (const { records } of batches()) {
    for (const value of records) delta.load(decodeMetadataRecord(value));
  }
  return delta.apply();
}

/** The record values of a snapshot of `image`, made as they are asked for; undefined in the middle of a transaction. */
export function recordsOfImage(image: MetadataImage): Iterable<Uint8Array> | undefined {
  return image.openTransaction === undefined ? encodedRecords(image) : undefined;
}

function* encodedRecords(image: MetadataImage): Generator<Uint8Array> {
  for (const record of imageRecords(image)) yield encodeMetadataRecord(record);
}
