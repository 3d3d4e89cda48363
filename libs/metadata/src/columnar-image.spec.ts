import fc from 'fast-check';
import { NO_NODE, offset, uuidFromBytes, ZERO_UUID } from '@milena/model';
import {
  createDelta,
  createSnapshotDelta,
  emptyImage,
  imageDigest,
  imageRecords,
  type MetadataRecord,
  type PartitionRole,
  type PartitionState,
} from './index';
import { MetadataImage } from './metadata-image';
import { isSamePartitionState } from './partition-state';
import { nextReference, referenceHosted, type ReferenceImage } from './testing/reference-image';
import { noTopics } from './topics-image';

/** One thing that happens: what, to which topic, to which partition, how; and whether a delta ends behind it. */
interface Step {
  readonly kind: number;
  readonly topic: number;
  readonly partition: number;
  readonly how: number;
  readonly ends: boolean;
}

/** An image with what it must say. */
interface Stage {
  readonly image: MetadataImage;
  readonly reference: ReferenceImage;
}

const scripts = fc.array(
  fc.record({ kind: fc.nat(9), topic: fc.nat(6), partition: fc.nat(3), how: fc.nat(99), ends: fc.boolean() }),
  { minLength: 20, maxLength: 60, size: 'max' },
);
const BROKERS = [1, 2, 3, 4, 5, 6];
const ROLES: readonly PartitionRole[] = ['replica', 'isr', 'leader'];
/** More than a page of rows. */
const WIDE = 300;

function idOf(number: number): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32BE(number + 1, 12);
  return uuidFromBytes(bytes);
}

function partitionRecord(topicId: string, partitionId: number, how: number): MetadataRecord {
  const first = how % BROKERS.length;
  const replicas = [0, 1, 2].map((step) => BROKERS[(first + step * (1 + (how % 2))) % BROKERS.length]!);
  return {
    type: 'PartitionRecord',
    topicId,
    partitionId,
    replicas,
    isr: how % 5 === 0 ? replicas.slice(0, 2) : replicas,
    addingReplicas: how % 7 === 0 ? [replicas[2]!] : [],
    removingReplicas: [],
    leader: replicas[0]!,
    leaderEpoch: how,
    partitionEpoch: how,
    leaderRecoveryState: how % 11 === 0 ? 'RECOVERING' : 'RECOVERED',
    directories: replicas.map((id) => (how % 3 === 0 ? ZERO_UUID : idOf(id))),
    ...(how % 13 === 0 ? { elr: [replicas[2]!] } : {}),
  };
}

function changeRecord(reference: ReferenceImage, topicId: string, partitionId: number, how: number): MetadataRecord {
  const change = { type: 'PartitionChangeRecord', topicId, partitionId } as const;
  const { replicas, isr } = reference.get(topicId)!.partitions[partitionId]!;
  if (how % 4 === 0) return { ...change, isr: [], leader: NO_NODE, elr: [...isr], lastKnownElr: isr.slice(0, 1) };
  if (how % 4 === 1) return { ...change, isr: replicas, leader: replicas[how % replicas.length]!, elr: [] };
  if (how % 4 === 2) return { ...change, leaderRecoveryState: 'RECOVERED', removingReplicas: [replicas[0]!] };
  const moved = [...new Set([...replicas.slice(1), 1 + (how % 6)])];
  return { ...change, replicas: moved, directories: moved.map(idOf), isr: moved, leader: moved[0]! };
}

/** Records a step brings; none where it does not fit. */
function recordsOf(reference: ReferenceImage, { kind, topic, partition, how }: Step, serial: number): MetadataRecord[] {
  const [id, known] = [...reference].find(([, { name }]) => name === `t${topic}`) ?? [];
  if (id === undefined || known === undefined) {
    const topicId = idOf(1000 + serial);
    const created: MetadataRecord = { type: 'TopicRecord', name: `t${topic}`, topicId };
    return [created, ...Array.from({ length: partition }, (_, index) => partitionRecord(topicId, index, how + index))];
  }
  const { length } = known.partitions;
  if (kind <= 2) return [partitionRecord(id, length, how)];
  if (kind === 3 && how % 8 === 0)
    return Array.from({ length: WIDE }, (_, n) => partitionRecord(id, length + n, how + n));
  if (kind <= 7) return partition < length ? [changeRecord(reference, id, partition, how)] : [];
  if (kind === 8) return [{ type: 'RemoveTopicRecord', topicId: id }];
  return [{ type: 'ClearElrRecord', ...(how % 2 === 0 ? { topicName: `t${topic}` } : {}) }];
}

/** Plays a script, with clean copies as soon as two values are no longer in use, and keeps every stage. */
function play(script: readonly Step[]): Stage[] {
  const empty = new MetadataImage({ ...emptyImage.contents(), topics: noTopics(2) });
  const stages: Stage[] = [{ image: empty, reference: new Map() }];
  let reference: ReferenceImage = new Map();
  let delta = createDelta(empty);
  let at = 0;
  script.forEach((step, serial) => {
    for (const record of recordsOf(reference, step, serial)) {
      delta.replay(record, offset(at++), 1);
      reference = nextReference(reference, record);
    }
    if (!step.ends && serial < script.length - 1) return;
    const image = delta.apply();
    stages.push({ image, reference });
    delta = createDelta(image);
  });
  return stages;
}

function expectToAgree({ image, reference }: Stage): void {
  const topics = new Map([...image.topics()].map(({ id, ...rest }) => [id, rest]));
  expect([...topics.keys()].sort()).toEqual([...reference.keys()].sort());
  expect(image.topicCount).toBe(reference.size);
  let count = 0;
  for (const [id, { name, partitions }] of reference) {
    const topic = image.topicById(id)!;
    expect(image.topicByName(name)?.id).toBe(id);
    expect([topic.name, topic.partitionCount]).toEqual([name, partitions.length]);
    const differing = [...topic.partitions()].filter((state, index) => !isSame(state, partitions[index]));
    expect(differing).toEqual([]);
    expect(image.partition(id, partitions.length - 1)).toEqual(partitions.at(-1));
    expect(topic.partition(partitions.length)).toBeUndefined();
    count += partitions.length;
  }
  expect(image.partitionCount).toBe(count);
}

function expectToHost({ image, reference }: Stage): void {
  for (const broker of [...BROKERS, NO_NODE]) {
    for (const role of ROLES) {
      const expected = referenceHosted(reference, broker, role);
      const hosted = [...image.hostedPartitions(broker, role)];
      expect(hosted.map(({ topic, partition }) => `${topic.name}-${partition}`).sort()).toEqual(expected);
      expect(image.hostedPartitionCount(broker, role)).toBe(expected.length);
    }
  }
  const states = [...reference.values()].flatMap(({ partitions }) => partitions);
  expect(image.ledByOthersCount()).toBe(states.filter(({ leader, replicas }) => leader !== replicas[0]).length);
}

function load(base: MetadataImage, snapshot: MetadataImage) {
  const delta = createSnapshotDelta(base, snapshot.provenance);
  for (const record of imageRecords(snapshot)) delta.load(record);
  return { delta, image: delta.apply() };
}

/** Changed partitions as the reference images tell them. */
function referenceChanges(before: ReferenceImage, after: ReferenceImage): Map<string, Set<number>> {
  const changes = new Map<string, Set<number>>();
  for (const [id, { partitions }] of after) {
    const known = before.get(id)?.partitions;
    const changed = partitions.flatMap((state, index) => (isSame(known?.[index], state) ? [] : [index]));
    if (known === undefined || changed.length > 0) changes.set(id, new Set(changed));
  }
  return changes;
}

function isSame(left: PartitionState | undefined, right: PartitionState | undefined): boolean {
  return left !== undefined && right !== undefined && isSamePartitionState(left, right);
}

describe('the columns of an image', () => {
  it('say at every stage, then and later, what plain objects say', () => {
    fc.assert(
      fc.property(scripts, (script) => {
        const stages = play(script);
        const kept = stages.filter((_stage, index) => index % 6 === 0 || index === stages.length - 1);
        for (const stage of kept) expectToAgree(stage);
      }),
      { seed: 1, numRuns: 15 },
    );
  });

  it('know for each broker what it has a replica of, is in sync with, and leads', () => {
    fc.assert(
      fc.property(scripts, (script) => {
        for (const stage of play(script).slice(-3)) expectToHost(stage);
      }),
      { seed: 2, numRuns: 15 },
    );
  });

  it('come out the same, digest and all, on a node that loads them from a snapshot', () => {
    fc.assert(
      fc.property(scripts, fc.nat(), (script, pick) => {
        const stages = play(script);
        const last = stages.at(-1)!;
        const other = stages[pick % stages.length]!;
        for (const [base, snapshot] of [[emptyImage, last.image] as const, [other.image, last.image] as const]) {
          expect(imageDigest(load(base, snapshot).image)).toBe(imageDigest(snapshot));
        }
        const { delta } = load(other.image, last.image);
        expect(new Map(delta.changedTopics)).toEqual(referenceChanges(other.reference, last.reference));
        const gone = [...other.reference.keys()].filter((id) => !last.reference.has(id));
        expect([...delta.deletedTopics.keys()].sort()).toEqual(gone.sort());
      }),
      { seed: 3, numRuns: 15 },
    );
  });

  it('do not keep what is no longer in use', () => {
    const topic = (serial: number): MetadataRecord[] => {
      const topicId = idOf(serial);
      const directories = [idOf(2 * serial), idOf(2 * serial + 1), idOf(serial + 7)];
      const partition = { ...partitionRecord(topicId, 0, serial), directories } as MetadataRecord;
      return [{ type: 'TopicRecord', name: `t${serial}`, topicId }, partition];
    };
    let image = new MetadataImage({ ...emptyImage.contents(), topics: noTopics(16) });
    for (let serial = 0; serial < 500; serial++) {
      const delta = createDelta(image);
      const records = [...topic(serial)];
      if (serial >= 10) records.push({ type: 'RemoveTopicRecord', topicId: idOf(serial - 10) });
      records.forEach((record, index) => delta.replay(record, offset(serial * 3 + index), 1));
      image = delta.apply();
    }
    const { topics, partitions, lists } = image.contents().topics.contents;
    expect(image.topicCount).toBe(10);
    expect(partitions.size).toBeLessThan(50);
    expect(topics.emptySlots).toBeLessThan(40);
    expect(lists.size).toBeLessThan(100);
  });
});
