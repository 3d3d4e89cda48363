import fc from 'fast-check';
import { isActiveBroker, type PartitionState } from '@milena/metadata';
import { NO_NODE } from '@milena/model';
import { elect, reassign, unregister } from '../testing/placement-words';
import { Scenario } from '../testing/scenario';
import { alterPartition } from './alter-partition';
import { isReassigning, targetReplicas } from './reassignment';

const BROKERS = [1, 2, 3, 4, 5];
const step = fc.record({
  kind: fc.nat(7),
  broker: fc.constantFrom(...BROKERS),
  target: fc.shuffledSubarray(BROKERS, { minLength: 1, maxLength: 4 }),
  pick: fc.nat(3),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function perform(scenario: Scenario, { kind, broker, target, pick }: Step): void {
  switch (kind) {
    case 0:
      return void reassign(scenario, 't-0', [target.join()]);
    case 1:
      return void (pick === 0 && reassign(scenario, 't-0', []));
    case 2:
      return void elect(scenario, pick === 0 ? 'unclean' : 'preferred', pick === 1 ? [] : ['t-0']);
    case 3:
      return void (pick === 0 ? unregister(scenario, broker) : scenario.fence(broker));
    case 4:
      return void (isActiveBroker(scenario.image.broker(broker)) || scenario.start(broker));
    default:
      return propose(scenario, pick);
  }
}

/** The leader proposes its active replicas as the ISR, some of them or all. */
function propose(scenario: Scenario, pick: number): void {
  const topic = scenario.image.topicByName('t');
  const state = topic?.partition(0);
  if (topic === undefined || state === undefined || state.leader === NO_NODE) return;
  const active = state.replicas.filter((id) => isActiveBroker(scenario.image.broker(id)));
  const members = active.filter((id, index) => pick > 0 || id === state.leader || index % 2 === 0);
  const newIsr = members.map((id) => ({ brokerId: id, brokerEpoch: scenario.epochOf(id) }));
  const { leaderEpoch, partitionEpoch, leader } = state;
  const what = { leaderEpoch, partitionEpoch, newIsr, leaderRecoveryState: 'RECOVERED' as const };
  const proposal = { partition: 0, ...what, minInsyncReplicas: scenario.defaults.minInsyncReplicas };
  const topics = [{ topicId: topic.id, partitions: [proposal] }];
  const request = { principal: 'User:broker', brokerId: leader, brokerEpoch: scenario.epochOf(leader), topics };
  scenario.commit(alterPartition(scenario.image, request, scenario));
}

/** What is wrong with a partition whose replicas move; nothing, whatever happens. */
function wrongIn(state: PartitionState): string[] {
  const { replicas, isr, elr, leader, addingReplicas, removingReplicas, directories } = state;
  // Who was elected uncleanly is the whole ISR; the next change of the partition completes what that has made complete.
  const isRecovering = state.leaderRecoveryState === 'RECOVERING';
  const rules: readonly (readonly [boolean, string])[] = [
    [replicas.length > 0 && new Set(replicas).size === replicas.length, 'replicas are no set'],
    [directories.length === replicas.length, 'directories do not match'],
    [[...addingReplicas, ...removingReplicas].every((id) => replicas.includes(id)), 'what moves is no replica'],
    [addingReplicas.every((id) => !removingReplicas.includes(id)), 'a replica comes and goes'],
    [[...isr, ...elr].every((id) => replicas.includes(id)), 'ISR or ELR outside the replicas'],
    [leader === NO_NODE || isr.includes(leader), 'leader not in ISR'],
    [
      isRecovering || !isReassigning(state) || !targetReplicas(state).every((id) => isr.includes(id)),
      'complete, and still under way',
    ],
  ];
  return rules.flatMap(([holds, what]) => (holds ? [] : [`${what}: ${JSON.stringify(state)}`]));
}

test('whatever is moved, taken back, elected, killed and unregistered, a partition stays in order', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 60, size: 'max' }), (steps) => {
      const wrong: string[] = [];
      const scenario = new Scenario();
      for (const id of BROKERS) scenario.start(id);
      scenario.createTopics([{ name: 't', assignments: [{ partition: 0, brokerIds: [1, 2, 3] }] }]);
      scenario.onAppend = (before, after) => {
        const [was, is] = [before, after].map((image) => image.topicByName('t')?.partition(0));
        if (was === undefined || is === undefined || was.partitionEpoch === is.partitionEpoch) return;
        wrong.push(...wrongIn(is));
        const mustGrow = was.leader !== is.leader || was.replicas.some((id) => !is.replicas.includes(id));
        if (is.leaderEpoch !== was.leaderEpoch + (mustGrow ? 1 : 0))
          wrong.push(`leader epoch ${JSON.stringify([was, is])}`);
      };
      for (const each of steps) perform(scenario, each);
      expect(wrong).toEqual([]);
    }),
    { seed: 7, numRuns: 80 },
  );
});
