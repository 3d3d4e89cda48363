import fc from 'fast-check';
import { isActiveBroker, type MetadataImage, type PartitionState } from '@milena/metadata';
import { NO_NODE } from '@milena/model';
import { hasDirectory } from './brokers/broker-directories';
import { alterPartition } from './partitions/alter-partition';
import { Scenario } from './testing/scenario';

const BROKERS = [1, 2, 3, 4];
const step = fc.record({ kind: fc.nat(7), broker: fc.constantFrom(...BROKERS), pick: fc.nat(7) });
const runs = fc.array(step, { minLength: 20, maxLength: 80, size: 'max' });

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function perform(scenario: Scenario, { kind, broker, pick }: Step): void {
  switch (kind) {
    case 0:
      return void scenario.fence(broker);
    case 1:
      return scenario.start(broker);
    case 2:
      return void scenario.register(broker, { dir: `disk${broker}v${pick % 3}` });
    case 3:
      return void scenario.heartbeat(broker, { wantShutDown: pick === 0, wantFence: pick === 1 });
    case 4:
      return propose(scenario, pick);
    case 5:
      scenario.nowMs += 3000 * pick;
      for (const { id } of scenario.sessions.expired(scenario.image, scenario.nowMs)) scenario.fence(id);
      return;
    case 6:
      return scenario.sessions.restart(scenario.image, scenario.nowMs);
    default:
      scenario.createTopics([{ name: `t${pick}`, partitions: 2, replicationFactor: 1 + (pick % 3) }]);
  }
}

/** The leader of some partition proposes every active replica as the ISR. */
function propose(scenario: Scenario, pick: number): void {
  const topic = [...scenario.image.topics()][pick];
  const state = topic?.partition(0);
  if (topic === undefined || state === undefined || state.leader === NO_NODE) return;
  const members = state.replicas.filter((id) => isActiveBroker(scenario.image.broker(id)));
  const newIsr = members.map((id) => ({ brokerId: id, brokerEpoch: scenario.epochOf(id) }));
  const { leaderEpoch, partitionEpoch } = state;
  const proposal = { partition: 0, leaderEpoch, partitionEpoch, newIsr, leaderRecoveryState: 'RECOVERED' as const };
  const response = scenario.commit(
    alterPartition(
      scenario.image,
      {
        principal: 'User:broker',
        brokerId: state.leader,
        brokerEpoch: scenario.epochOf(state.leader),
        topics: [{ topicId: topic.id, partitions: [proposal] }],
      },
      scenario,
    ),
  );
  expect(response).toMatchObject({ ok: true, value: { topics: [{ partitions: [{ result: { ok: true } }] }] } });
}

function* partitionsOf(image: MetadataImage): Iterable<readonly [string, PartitionState]> {
  for (const topic of image.topics()) {
    let index = 0;
    for (const state of topic.partitions()) yield [`${topic.id}-${index++}`, state];
  }
}

/** Everything wrong with the partitions of an image. */
function wrongIn(image: MetadataImage): string[] {
  const wrong: string[] = [];
  for (const [key, { replicas, isr, leader, directories }] of partitionsOf(image)) {
    const demand = (holds: boolean, what: string) => holds || wrong.push(`${key}: ${what}`);
    demand(isr.length > 0, 'empty ISR');
    demand(new Set(isr).size === isr.length, 'ISR repeats');
    demand(directories.length === replicas.length, 'directories do not match');
    demand(
      isr.every((id) => replicas.includes(id)),
      'ISR outside replicas',
    );
    if (leader === NO_NODE) continue;
    const broker = image.broker(leader);
    demand(isr.includes(leader), 'leader not in ISR');
    demand(isActiveBroker(broker), 'leader not active');
    demand(hasDirectory(broker, directories[replicas.indexOf(leader)] ?? ''), 'leader without its disk');
    demand(
      isr.every((id) => isActiveBroker(image.broker(id))),
      'led partition has an inactive broker in its ISR',
    );
  }
  return wrong;
}

/** Everything wrong with what one decision did to partitions that existed. */
function wrongBetween(before: MetadataImage, after: MetadataImage, uncleanAllowed: boolean): string[] {
  const wrong: string[] = [];
  const old = new Map(partitionsOf(before));
  for (const [key, state] of partitionsOf(after)) {
    const former = old.get(key);
    if (former === undefined || former === state) continue;
    const demand = (holds: boolean, what: string) => holds || wrong.push(`${key}: ${what}`);
    demand(state.partitionEpoch === former.partitionEpoch + 1, 'partition epoch');
    demand(state.leaderEpoch === former.leaderEpoch + (state.leader === former.leader ? 0 : 1), 'leader epoch');
    if (state.leader === NO_NODE || former.isr.includes(state.leader)) continue;
    demand(uncleanAllowed, 'unclean election');
    demand(state.isr.length === 1 && state.leaderRecoveryState === 'RECOVERING', 'unclean leader not recovering alone');
  }
  return wrong;
}

describe.each([false, true])('any run of events, unclean election %s', (uncleanLeaderElection) => {
  it('keeps leaders active, in sync and on their disk, and counts epochs', () => {
    fc.assert(
      fc.property(runs, (steps) => {
        const wrong: string[] = [];
        const scenario = new Scenario({ uncleanLeaderElection });
        scenario.onAppend = (before, after) =>
          void wrong.push(...wrongIn(after), ...wrongBetween(before, after, uncleanLeaderElection));
        for (const id of BROKERS) scenario.start(id, { dir: `disk${id}v0` });
        for (const each of steps) perform(scenario, each);
        expect(wrong).toEqual([]);
      }),
      { seed: 11, numRuns: 100 },
    );
  });
});
