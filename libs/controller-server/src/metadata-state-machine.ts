import {
  createDelta,
  decodeMetadataRecord,
  emptyImage,
  encodeMetadataRecord,
  type MetadataImage,
  type MetadataRecord,
} from '@milena/metadata';
import { addOffset } from '@milena/model';
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
