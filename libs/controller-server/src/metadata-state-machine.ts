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
import type { MetadataSnapshot, NewSnapshot } from '@milena/raft-driver';
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

/** The image a snapshot holds, a batch at each step. */
export function* imageOfSnapshot({ id, batches }: MetadataSnapshot): Generator<void, MetadataImage, void> {
  const delta = createSnapshotDelta(emptyImage, { offset: addOffset(id.offset, -1), epoch: id.epoch });
  for (const { records } of batches()) {
    for (const value of records) delta.load(decodeMetadataRecord(value));
    yield;
  }
  return delta.apply();
}

/** The snapshot of an image; undefined in the middle of a transaction. */
export function snapshotOfImage(image: MetadataImage): NewSnapshot | undefined {
  if (image.openTransaction !== undefined) return undefined;
  const { offset, epoch } = image.provenance;
  return { id: { offset: addOffset(offset, 1), epoch }, records: encodedRecords(image) };
}

function* encodedRecords(image: MetadataImage): Generator<Uint8Array> {
  for (const record of imageRecords(image)) yield encodeMetadataRecord(record);
}
