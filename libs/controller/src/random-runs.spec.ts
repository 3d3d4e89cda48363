import fc from 'fast-check';
import { isActiveBroker, type MetadataImage, type PartitionState } from '@milena/metadata';
import { NO_NODE } from '@milena/model';
import { hasDirectory } from './brokers/broker-directories';
import { alterPartition } from './partitions/alter-partition';
import { isElrEnabled, minInsyncReplicasOf } from './partitions/partition-rules';
import { EligibilityModel } from './testing/eligibility-model';
import { Scenario } from './testing/scenario';

const BROKERS = [1, 2, 3, 4];
const step = fc.record({ kind: fc.nat(9), broker: fc.constantFrom(...BROKERS), pick: fc.nat(7) });
const runs = fc.array(step, { minLength: 20, maxLength: 60, size: 'max' });

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A scenario and the model that watches it. */
class Run {
  readonly scenario: Scenario;
  readonly model: EligibilityModel;
  readonly wrong: string[] = [];
  /** Whether the process that registers may have lost records. */
  isLossy = false;

  constructor({ unclean, elr, minIsr }: { unclean: boolean; elr: boolean; minIsr: number }) {
    const scenario = new Scenario({ uncleanLeaderElection: unclean, minInsyncReplicas: minIsr }, { elr });
    const { defaults } = scenario;
    this.scenario = scenario;
    this.model = new EligibilityModel((image, topic) => minInsyncReplicasOf(image, topic, defaults));
    scenario.onAppend = (before, after, records) => {
      this.wrong.push(...wrongIn(after, scenario), ...wrongBetween(before, after, unclean));
      for (const record of records) {
        if (record.type === 'RegisterBrokerRecord' && this.isLossy) this.model.lost(record.brokerId);
      }
      if (elr) this.wrong.push(...this.model.follow(after, records));
    };
    for (const id of BROKERS) this.register(id, { dir: `disk${id}v0` });
  }

  register(brokerId: number, { dir, clean = false }: { dir: string; clean?: boolean }): void {
    const { scenario } = this;
    const [directory] = scenario.image.broker(brokerId)?.directoryIds ?? [];
    this.isLossy = !clean || scenario.directoryOf(dir) !== directory;
    scenario.register(brokerId, { dir, clean });
    scenario.heartbeat(brokerId);
  }

  perform({ kind, broker, pick }: Step): void {
    const { scenario } = this;
    switch (kind) {
      case 0:
        return void scenario.fence(broker);
      case 1:
        return this.register(broker, { dir: `disk${broker}v0`, clean: pick % 2 === 0 });
      case 2:
        return this.register(broker, { dir: `disk${broker}v${pick % 3}`, clean: pick % 2 === 0 });
      case 3:
        return void scenario.heartbeat(broker, { wantShutDown: pick === 0, wantFence: pick === 1 });
      case 4:
      case 5:
        return this.propose(pick, kind === 4);
      case 6:
        scenario.nowMs += 3000 * pick;
        for (const { id } of scenario.sessions.expired(scenario.image, scenario.nowMs)) scenario.fence(id);
        return;
      case 7:
        return scenario.sessions.restart(scenario.image, scenario.nowMs);
      case 8:
        return void scenario.alterConfigs({ type: 'TOPIC', name: `t${pick}` }, [
          { name: 'min.insync.replicas', operation: 'SET', value: `${1 + (broker % 3)}` },
        ]);
      default:
        scenario.createTopics([{ name: `t${pick}`, partitions: 2, replicationFactor: 1 + (pick % 3) }]);
    }
  }

  /** The leader of some partition proposes every active replica as the ISR, or itself alone. */
  propose(pick: number, everybody: boolean): void {
    const { scenario } = this;
    const topic = [...scenario.image.topics()][pick];
    const state = topic?.partition(0);
    if (topic === undefined || state === undefined || state.leader === NO_NODE) return;
    const active = state.replicas.filter((id) => isActiveBroker(scenario.image.broker(id)));
    const members = everybody ? active : [state.leader];
    this.model.joined(`${topic.id}-0`, members);
    const newIsr = members.map((id) => ({ brokerId: id, brokerEpoch: scenario.epochOf(id) }));
    const { leaderEpoch, partitionEpoch } = state;
    const minInsyncReplicas = minInsyncReplicasOf(scenario.image, topic.name, scenario.defaults);
    const what = { leaderEpoch, partitionEpoch, newIsr, leaderRecoveryState: 'RECOVERED' as const };
    const proposal = { partition: 0, ...what, minInsyncReplicas };
    const request = {
      principal: 'User:broker',
      brokerId: state.leader,
      brokerEpoch: scenario.epochOf(state.leader),
      topics: [{ topicId: topic.id, partitions: [proposal] }],
    };
    const response = scenario.commit(alterPartition(scenario.image, request, scenario));
    expect(response).toMatchObject({ ok: true, value: { topics: [{ partitions: [{ result: { ok: true } }] }] } });
  }
}

function* partitionsOf(image: MetadataImage): Iterable<readonly [string, PartitionState, string]> {
  for (const topic of image.topics()) {
    let index = 0;
    for (const state of topic.partitions()) yield [`${topic.id}-${index++}`, state, topic.name];
  }
}

/** Everything wrong with the partitions of an image. */
function wrongIn(image: MetadataImage, { defaults }: Scenario): string[] {
  const wrong: string[] = [];
  for (const [key, state, topic] of partitionsOf(image)) {
    const { replicas, isr, elr, lastKnownElr, leader, directories } = state;
    const demand = (holds: boolean, what: string) => holds || wrong.push(`${key}: ${what}`);
    const minIsr = Math.min(minInsyncReplicasOf(image, topic, defaults), replicas.length);
    demand(isElrEnabled(image) || isr.length > 0, 'empty ISR');
    demand(isElrEnabled(image) || elr.length + lastKnownElr.length === 0, 'ELR that is not in use');
    demand(new Set([...isr, ...elr]).size === isr.length + elr.length, 'ValidControllerIsrAndElr: overlap');
    demand(isr.length < minIsr || elr.length === 0, 'ValidControllerIsrAndElr: ELR beside an ISR that is large enough');
    demand(
      [...isr, ...elr, ...lastKnownElr].every((id) => replicas.includes(id)),
      'NoIllegalState: ISR or ELR outside replicas',
    );
    demand(lastKnownElr.length <= (leader === NO_NODE ? 1 : 0), 'last known leader beside a leader');
    demand(directories.length === replicas.length, 'directories do not match');
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

function isSame(former: PartitionState, state: PartitionState): boolean {
  return former.partitionEpoch === state.partitionEpoch && former.leaderEpoch === state.leaderEpoch;
}

/** Everything wrong with what one decision did to partitions that existed. */
function wrongBetween(before: MetadataImage, after: MetadataImage, uncleanAllowed: boolean): string[] {
  const wrong: string[] = [];
  const old = new Map([...partitionsOf(before)].map(([key, state]) => [key, state]));
  for (const [key, state] of partitionsOf(after)) {
    const former = old.get(key);
    if (former === undefined || isSame(former, state)) continue;
    const demand = (holds: boolean, what: string) => holds || wrong.push(`${key}: ${what}`);
    demand(state.partitionEpoch === former.partitionEpoch + 1, 'partition epoch');
    demand(state.leaderEpoch === former.leaderEpoch + (state.leader === former.leader ? 0 : 1), 'leader epoch');
    const eligible = former.isr.length === 0 ? former.elr : former.isr;
    if (state.leader === NO_NODE || eligible.includes(state.leader)) continue;
    // A leader that leaves together with the election makes way for its ELR.
    if (former.elr.includes(state.leader) && state.leaderRecoveryState === former.leaderRecoveryState) continue;
    demand(uncleanAllowed || former.lastKnownElr.includes(state.leader), 'unclean election');
    demand(state.isr.length === 1 && state.leaderRecoveryState === 'RECOVERING', 'unclean leader not recovering alone');
  }
  return wrong;
}

describe.each([
  { unclean: false, elr: false, minIsr: 1 },
  { unclean: true, elr: false, minIsr: 2 },
  { unclean: false, elr: true, minIsr: 1 },
  { unclean: false, elr: true, minIsr: 2 },
  { unclean: true, elr: true, minIsr: 2 },
])('any run of events, %j', (options) => {
  it('keeps leaders active, in sync or eligible, and on their disk, and counts epochs', () => {
    fc.assert(
      fc.property(runs, (steps) => {
        const run = new Run(options);
        for (const each of steps) run.perform(each);
        expect(run.wrong).toEqual([]);
      }),
      { seed: 11, numRuns: 25 },
    );
  });
});
