import { levelsRefusal } from '@milena/controller';
import {
  createDelta,
  createSnapshotDelta,
  decodeMetadataRecord,
  emptyImage,
  encodeMetadataRecord,
  imageRecords,
  type MetadataImage,
  type MetadataRecord,
  type SupportedFeature,
} from '@milena/metadata';
import { addOffset } from '@milena/model';
import type { MetadataSnapshot, NewSnapshot } from '@milena/raft-driver';
import type { StateMachine } from '@milena/replicated-state';
import { UnsupportedFeatureLevel } from './unsupported-feature-level';

/**
 * The cluster's metadata as a replicated state machine of a program that supports these levels: images, moved by metadata
 * records. Throws UnsupportedFeatureLevel at a level it does not know.
 */
export function metadataStateMachine(
  features: readonly SupportedFeature[],
): StateMachine<MetadataImage, MetadataRecord> {
  return {
    initial: emptyImage,
    replay(image, { records, baseOffset, epoch }) {
      const delta = createDelta(image);
      records.forEach((record, index) => delta.replay(record, addOffset(baseOffset, index), epoch));
      const after = delta.apply();
      return delta.featuresChanged ? supported(after, features) : after;
    },
    encode: encodeMetadataRecord,
    decode: decodeMetadataRecord,
  };
}

function supported(image: MetadataImage, features: readonly SupportedFeature[]): MetadataImage {
  const why = levelsRefusal(image, { node: 'this controller', features });
  if (why !== undefined) throw new UnsupportedFeatureLevel(why);
  return image;
}

/** The image a snapshot holds, a batch at each step. Throws UnsupportedFeatureLevel, as replaying its records does. */
export function* imageOfSnapshot(
  { id, batches }: MetadataSnapshot,
  features: readonly SupportedFeature[],
): Generator<void, MetadataImage, void> {
  const delta = createSnapshotDelta(emptyImage, { offset: addOffset(id.offset, -1), epoch: id.epoch });
  for (const { records } of batches()) {
    for (const value of records) delta.load(decodeMetadataRecord(value));
    yield;
  }
  return supported(delta.apply(), features);
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
