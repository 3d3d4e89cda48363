import {
  createDelta,
  decodeMetadataRecord,
  emptyImage,
  encodeMetadataRecord,
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
  const delta = createDelta(emptyImage);
  const lastOffset = addOffset(id.offset, -1);
  for (const { records } of batches()) {
    for (const value of records) delta.replay(decodeMetadataRecord(value), lastOffset, id.epoch);
  }
  return delta.apply();
}
