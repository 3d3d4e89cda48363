import { success } from '@milena/model';
import { Scenario } from '../testing/scenario';
import { alterPartition, type AlterPartitionProposal } from './alter-partition';

function led(): Scenario {
  const scenario = new Scenario();
  for (const brokerId of [1, 2, 3]) scenario.start(brokerId);
  scenario.createTopics([{ name: 't', assignments: [{ partition: 0, brokerIds: [1, 2, 3] }] }]);
  return scenario;
}

function proposal(...isr: readonly number[]): AlterPartitionProposal {
  return {
    partition: 0,
    leaderEpoch: 0,
    partitionEpoch: 0,
    newIsr: isr.map((brokerId) => ({ brokerId, brokerEpoch: -1 })),
    leaderRecoveryState: 'RECOVERED',
    minInsyncReplicas: 1,
  };
}

describe('alterPartition', () => {
  it('takes one proposal for a partition: a second one builds on an epoch that is over', () => {
    const scenario = led();
    const topicId = scenario.image.topicByName('t')!.id;
    const response = scenario.commit(
      alterPartition(
        scenario.image,
        {
          principal: 'User:broker',
          brokerId: 1,
          brokerEpoch: scenario.epochOf(1),
          topics: [
            { topicId, partitions: [proposal(1, 2), proposal(1, 3)] },
            { topicId, partitions: [proposal(1)] },
          ],
        },
        { defaults: scenario.defaults },
      ),
    );
    const results = response.ok ? response.value.topics.flatMap(({ partitions }) => partitions) : [];
    expect(results.map(({ result }) => (result.ok ? result.value.isr : result.error.code))).toEqual([
      [1, 2],
      'INVALID_REQUEST',
      'INVALID_REQUEST',
    ]);
    expect(scenario.image.partition(topicId, 0)).toMatchObject({ isr: [1, 2], partitionEpoch: 1 });
    expect(response).toMatchObject(success({}));
  });
});
