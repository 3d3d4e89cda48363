import { Scenario } from '../testing/scenario';
import { partitionRules } from './partition-rules';
import { PreferredLeaders } from './preferred-leaders';

/** Ten partitions that prefer broker 1, of which so many are led by broker 2 although 1 is back in sync. */
function unbalanced(misplaced: number): Scenario {
  const scenario = new Scenario();
  scenario.start(1);
  scenario.start(2);
  const assignments = (count: number) =>
    Array.from({ length: count }, (_, partition) => ({ partition, brokerIds: [1, 2] }));
  scenario.createTopics([{ name: 'moved', assignments: assignments(misplaced) }]);
  scenario.fence(1);
  scenario.heartbeat(1);
  for (let index = 0; index < misplaced; index++) scenario.proposeIsr('moved', index, [1, 2]);
  scenario.createTopics([{ name: 'kept', assignments: assignments(10 - misplaced) }]);
  return scenario;
}

function run(scenario: Scenario, percentage: number, limits = { recordsMax: 2, partitionsMax: 3 }): readonly number[] {
  const leaders = new PreferredLeaders(scenario.image, percentage);
  const batches: number[] = [];
  while (!leaders.isDone) {
    const records = leaders.step(scenario.image, {
      rulesOf: partitionRules(scenario.image, scenario.defaults),
      limits,
    });
    if (records.length > 0) batches.push(records.length);
    scenario.append(records);
  }
  return batches;
}

function leadersOf(scenario: Scenario): ReadonlySet<number> {
  return new Set([...scenario.image.topics()].flatMap((topic) => [...topic.partitions()].map(({ leader }) => leader)));
}

describe('preferred leaders', () => {
  it('get back what they should lead, a few partitions at a time', () => {
    const scenario = unbalanced(5);
    expect(leadersOf(scenario)).toEqual(new Set([1, 2]));
    expect(run(scenario, 10)).toEqual([2, 2, 1]);
    expect(leadersOf(scenario)).toEqual(new Set([1]));
  });

  it('are left alone within the percentage', () => {
    expect(run(unbalanced(2), 20)).toEqual([]);
    expect(run(unbalanced(3), 20)).not.toEqual([]);
  });

  it('get nothing back while they are fenced', () => {
    const scenario = unbalanced(5);
    scenario.fence(1);
    expect(run(scenario, 10)).toEqual([]);
  });
});
