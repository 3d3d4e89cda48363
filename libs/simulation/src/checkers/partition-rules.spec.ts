import {
  createDelta,
  emptyImage,
  type MetadataImage,
  type MetadataRecord,
  type PartitionState,
} from '@milena/metadata';
import { offset, uuidFromBytes } from '@milena/model';
import { createWorld } from '../world';
import { ElectionDemands } from './election-demands';
import { PartitionRules } from './partition-rules';

const ID = uuidFromBytes(Buffer.alloc(16, 1));
const TOPIC = ID;
const STATE: PartitionState = {
  replicas: [1, 2, 3],
  isr: [1, 2],
  leader: 1,
  leaderEpoch: 0,
  partitionEpoch: 0,
  leaderRecoveryState: 'RECOVERED',
  directories: [ID, ID, ID],
  addingReplicas: [],
  removingReplicas: [],
  elr: [],
  lastKnownElr: [],
};

function replay(image: MetadataImage, records: readonly MetadataRecord[]): MetadataImage {
  const delta = createDelta(image);
  records.forEach((record, index) => delta.replay(record, offset(image.provenance.offset + 1 + index), 1));
  return delta.apply();
}

const partition = (state: Partial<PartitionState>): MetadataRecord => {
  return { type: 'PartitionRecord', topicId: TOPIC, partitionId: 0, ...STATE, ...state };
};
const configured = (name: string, value: string): MetadataRecord => {
  return { type: 'ConfigRecord', resourceType: 'TOPIC', resourceName: 't', name, value };
};
const ELR: MetadataRecord = { type: 'FeatureLevelRecord', name: 'eligible.leader.replicas.version', featureLevel: 1 };

/** What is found wrong when a partition that was `was` becomes `now`. */
function verdict(
  was: Partial<PartitionState>,
  now: Omit<Partial<PartitionState>, 'leaderEpoch' | 'partitionEpoch'>,
  { settings = [], demanded = false }: { settings?: readonly MetadataRecord[]; demanded?: boolean } = {},
): string | undefined {
  const world = createWorld(1);
  const demands = new ElectionDemands();
  if (demanded) demands.open('t', 0);
  const topic: MetadataRecord = { type: 'TopicRecord', name: 't', topicId: TOPIC };
  const before = replay(emptyImage, [ELR, topic, ...settings, partition(was)]);
  const change: MetadataRecord = { type: 'PartitionChangeRecord', topicId: TOPIC, partitionId: 0, ...now };
  new PartitionRules(world, demands).checkChange(change, before, replay(before, [change]));
  return world.violation?.invariant;
}

const UNCLEAN = { leader: 3, isr: [3] };

it.each([
  ['a leader from the in-sync set', {}, { leader: 2, isr: [2] }],
  ['a leader from the eligible ones', { isr: [], elr: [3], leader: -1 }, { leader: 3, isr: [3], elr: [] }],
  ['nobody', {}, { leader: -1, isr: [], elr: [1, 2] }],
  [
    'the one whom a reassignment brought, and its leader took in',
    { replicas: [3, 1], isr: [1], addingReplicas: [3], removingReplicas: [1], directories: [ID, ID] },
    { replicas: [3], isr: [3], leader: 3, addingReplicas: [], removingReplicas: [], directories: [ID] },
  ],
])('accepts %s', (_what, was, now) => {
  expect(verdict(was, now)).toBeUndefined();
});

it('accepts an unclean leader that is allowed or asked for, when it stands as recovering', () => {
  const now = { ...UNCLEAN, leaderRecoveryState: 'RECOVERING' as const };
  const settings = [configured('unclean.leader.election.enable', 'true')];
  expect(verdict({}, now)).toBe('P11 clean election');
  expect(verdict({}, now, { settings })).toBeUndefined();
  expect(verdict({}, now, { demanded: true })).toBeUndefined();
  expect(verdict({}, UNCLEAN, { settings })).toBe('P11 unclean elections are counted');
});

it.each([
  ['a replica both in sync and eligible', { isr: [1], elr: [1] }],
  ['an eligible replica beside an in-sync set that is large enough', { isr: [1], elr: [2] }],
])('finds %s', (_what, now) => {
  expect(verdict({}, now)).toBe('P8 sets of replicas');
});

it('knows how large an in-sync set must be', () => {
  const settings = [configured('min.insync.replicas', '2')];
  expect(verdict({}, { isr: [1], elr: [2] }, { settings })).toBeUndefined();
});
