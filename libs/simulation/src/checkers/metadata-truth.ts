import {
  createDelta,
  decodeMetadataRecord,
  emptyImage,
  imageDigest,
  isSameImage,
  type MetadataImage,
  type MetadataRecord,
} from '@milena/metadata';
import { addOffset } from '@milena/model';
import type { CommittedBatch } from '@milena/raft-driver';
import { ElectionDemands } from './election-demands';
import type { World } from '../world';
import { PartitionRules } from './partition-rules';

/** Sees the records of a batch that nobody was given before, and the metadata they lead to. */
export type CommittedObserver = (records: readonly MetadataRecord[], after: MetadataImage) => void;

/** Images kept to compare with, newest last: a node is seldom further behind. */
const IMAGES_MAX = 4000;
/** Most offsets between two images: records of a batch, and control records. */
const RECORDS_MAX = 1000;

/**
 * R5: the metadata that the committed records say, replayed here batch by batch from the beginning; what every node's
 * image must equal at the same offset. Each change is held against the rules of the controller
 * (P8, P11, P13) as it is committed.
 */
export class MetadataTruth {
  /** By offset of the last record contained. */
  readonly #images = new Map<number, MetadataImage>();
  readonly #observers: CommittedObserver[] = [];
  /** Unclean elections that were asked for. */
  readonly demands = new ElectionDemands();
  readonly #rules: PartitionRules;
  #newest = emptyImage;

  constructor(
    private readonly world: World,
    /** Told of each batch with the image that it makes. */
    private readonly onCommitted: (batch: CommittedBatch, image: MetadataImage) => void = () => undefined,
  ) {
    this.#rules = new PartitionRules(world, this.demands);
  }

  get image(): MetadataImage {
    return this.#newest;
  }

  /** From now on `observer` sees what is committed. */
  watch(observer: CommittedObserver): void {
    this.#observers.push(observer);
  }

  /** A batch that nobody was given before. */
  committed(batch: CommittedBatch): void {
    const { baseOffset, epoch, records } = batch;
    const before = this.#newest;
    const decoded = records.map((record) => decodeMetadataRecord(record));
    const after = replay(before, decoded, { baseOffset, epoch });
    this.#newest = after;
    this.#images.set(after.provenance.offset, after);
    this.onCommitted(batch, after);
    if (this.#images.size > IMAGES_MAX) this.#images.delete(this.#images.keys().next().value as number);
    for (const observe of this.#observers) observe(decoded, after);
    if (after.openTransaction !== undefined) return;
    // Nothing of a transaction was looked at before its end.
    if (before.openTransaction !== undefined) return this.#rules.checkAllLeaders(after);
    for (const record of decoded) this.#rules.checkChange(record, before, after);
    this.#rules.checkLeaders(decoded, after);
  }

  /** What the committed records before `end` say; undefined when that is not kept any more, or not known yet. */
  before(end: number): MetadataImage | undefined {
    if (this.#newest.provenance.offset < end - 1) return undefined;
    for (let offset = end - 1; offset >= 0 && offset >= end - RECORDS_MAX; offset -= 1) {
      const image = this.#images.get(offset);
      if (image !== undefined) return image;
    }
    return undefined;
  }

  /** A node has this image. One that is not at the end of a batch, or too old, is not looked at. */
  has(node: string, image: MetadataImage): void {
    const expected = this.#images.get(image.provenance.offset);
    if (expected === undefined || isSameImage(expected, image)) return;
    const [truth, seen] = [imageDigest(expected), imageDigest(image)];
    this.world.report('R5 state machine safety', `${node} has the image ${seen}, the log says ${truth}`);
  }
}

function replay(
  image: MetadataImage,
  records: readonly MetadataRecord[],
  { baseOffset, epoch }: Pick<CommittedBatch, 'baseOffset' | 'epoch'>,
): MetadataImage {
  const delta = createDelta(image);
  records.forEach((record, index) => delta.replay(record, addOffset(baseOffset, index), epoch));
  return delta.apply();
}
