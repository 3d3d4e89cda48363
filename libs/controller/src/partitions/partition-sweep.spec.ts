import { fenceBroker } from '../brokers/fence-broker';
import { Scenario } from '../testing/scenario';
import { partitionRules } from './partition-rules';
import { sweepAll } from './partition-sweep';

const limits = { recordsMax: 2, partitionsMax: 100 };

/** Broker 1 has ten partitions and leads the last five; it is fenced by a batch that holds two of them. */
function halfFenced(): { scenario: Scenario; unfinished: ReturnType<typeof fenceBroker>['unfinished'] } {
  const scenario = new Scenario();
  scenario.start(1);
  scenario.start(2);
  const brokerIds = (partition: number) => (partition < 5 ? [2, 1] : [1, 2]);
  const assignments = Array.from({ length: 10 }, (_, partition) => ({ partition, brokerIds: brokerIds(partition) }));
  scenario.createTopics([{ name: 't', assignments }]);
  const decision = fenceBroker(scenario.image, scenario.image.broker(1)!, scenario.defaults, limits);
  scenario.append(decision.records);
  return { scenario, unfinished: decision.unfinished };
}

function led(scenario: Scenario): number {
  return [...scenario.image.topicByName('t')!.partitions()].filter(({ leader }) => leader === 1).length;
}

function inSync(scenario: Scenario): number {
  return [...scenario.image.topicByName('t')!.partitions()].filter(({ isr }) => isr.includes(1)).length;
}

describe('a sweep', () => {
  it('moves leaderships first, in batches of bounded size', () => {
    const { scenario, unfinished } = halfFenced();
    expect([scenario.image.broker(1)?.fenced, led(scenario), inSync(scenario)]).toEqual([true, 3, 8]);
    const { sweep } = unfinished!;
    const steps: number[] = [];
    while (!sweep.isDone) {
      const records = sweep.step(scenario.image, {
        rulesOf: partitionRules(scenario.image, scenario.defaults),
        limits,
      });
      steps.push(records.length);
      scenario.append(records);
      if (steps.length === 2) expect(led(scenario)).toBe(0);
    }
    expect(steps.reduce((sum, count) => sum + count, 0)).toBe(8);
    expect(inSync(scenario)).toBe(0);
  });

  it('is found again from the start by the next controller, and finds nothing the second time', () => {
    const { scenario } = halfFenced();
    const sweepOnce = () => {
      const rulesOf = partitionRules(scenario.image, scenario.defaults);
      const records = sweepAll(scenario.image).step(scenario.image, { rulesOf });
      scenario.append(records);
      return records.length;
    };
    expect([sweepOnce(), sweepOnce()]).toEqual([8, 0]);
    expect([led(scenario), inSync(scenario)]).toEqual([0, 0]);
  });

  it('passes over topics that are gone and decides on what is true at each step', () => {
    const { scenario, unfinished } = halfFenced();
    scenario.heartbeat(1);
    const rulesOf = partitionRules(scenario.image, scenario.defaults);
    expect(unfinished!.sweep.step(scenario.image, { rulesOf })).toEqual([]);
    const topicId = scenario.image.topicByName('t')!.id;
    const { sweep } = halfFenced().unfinished!;
    scenario.append([{ type: 'RemoveTopicRecord', topicId }]);
    expect(sweep.step(scenario.image, { rulesOf })).toEqual([]);
  });
});
