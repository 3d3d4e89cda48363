import { NO_NODE } from '@milena/model';
import { fenceBroker } from '../brokers/fence-broker';
import { Scenario } from '../testing/scenario';
import { MAX_CHANGED_PARTITIONS } from './alter-partition-reassignments';
import { electLeaders } from './elect-leaders';

const everywhere = (brokerIds: readonly number[], count: number) =>
  Array.from({ length: count }, (_, partition) => ({ partition, brokerIds }));

const STALE = Array.from({ length: 10 }, (_, at) => `stale${at}`);

/** Broker 1 is dead; it alone had what `lost` holds. Broker 2 has a stale copy of the other topics. */
function setUp(): Scenario {
  const scenario = new Scenario({}, { elr: false });
  scenario.start(1);
  scenario.start(2);
  scenario.createTopics([{ name: 'lost', assignments: everywhere([1], MAX_CHANGED_PARTITIONS) }]);
  scenario.createTopics(STALE.map((name) => ({ name, assignments: everywhere([1, 2], 1) })));
  scenario.fence(2);
  const atOnce = { recordsMax: 20_000, partitionsMax: 20_000 };
  scenario.commit(fenceBroker(scenario.image, scenario.image.broker(1)!, scenario.defaults, atOnce));
  scenario.heartbeat(2);
  return scenario;
}

const leaderOf = ({ image }: Scenario, topic: string) => image.topicByName(topic)?.partition(0)?.leader;

describe('an election that was asked for', () => {
  it('of all partitions reaches those behind any number of others that nobody can lead', () => {
    const scenario = setUp();
    expect(STALE.map((topic) => leaderOf(scenario, topic))).toEqual(STALE.map(() => NO_NODE));
    const request = { principal: 'User:alice', electionType: 'UNCLEAN', topics: undefined } as const;
    scenario.commit(electLeaders(scenario.image, { ...request, validateOnly: false, timeoutMs: 1000 }, scenario));
    expect(STALE.map((topic) => leaderOf(scenario, topic))).toEqual(STALE.map(() => 2));
    expect(leaderOf(scenario, 'lost')).toBe(NO_NODE);
  });

  it('follows at once when a topic allows unclean ones, however that is spelt', () => {
    const scenario = setUp();
    const allow = { name: 'unclean.leader.election.enable', operation: 'SET', value: ' TRUE' } as const;
    expect(scenario.alterConfigs({ type: 'TOPIC', name: 'stale0' }, [allow])).toMatchObject({ ok: true });
    expect(['stale0', 'stale1'].map((topic) => leaderOf(scenario, topic))).toEqual([2, NO_NODE]);
  });
});
