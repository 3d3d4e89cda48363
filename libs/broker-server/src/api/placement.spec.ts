import { alterPartitionReassignmentsRpc, electLeadersRpc } from '@milena/cluster-protocol';
import { alterPartitionReassignments, electLeaders, listPartitionReassignments } from '@milena/kafka-protocol';
import type { MetadataRecord } from '@milena/metadata';
import { errorCode, failure, NO_OFFSET, success } from '@milena/model';
import { AUDIT, EVENTS, FakeBroker, testUuid } from './testing/fake-broker';

/** Broker 4 is being added to a partition and broker 1 removed. */
function moving(topicId: string, partitionId: number): MetadataRecord {
  return {
    type: 'PartitionChangeRecord',
    topicId,
    partitionId,
    replicas: [2, 3, 4, 1],
    addingReplicas: [4],
    removingReplicas: [1],
    directories: [202, 203, 204, 201].map(testUuid),
  };
}

describe('AlterPartitionReassignments', () => {
  it('asks the controller, and waits until its own image has the moves', async () => {
    const broker = new FakeBroker();
    broker.onController = () => {
      const metadataOffset = broker.commit([moving(EVENTS.id, 1)]);
      const partitions = [
        { partition: 1, result: success(null) },
        { partition: 2, result: failure('NO_REASSIGNMENT_IN_PROGRESS', 'nothing is being reassigned') },
      ];
      const topics = [{ name: EVENTS.name, partitions }];
      return { ok: true, value: alterPartitionReassignmentsRpc.encodeResponse({ topics, metadataOffset }) };
    };
    const partitions = [
      { partitionIndex: 1, replicas: [2, 3, 4] },
      { partitionIndex: 2, replicas: null },
    ];
    const request = {
      topics: [{ name: EVENTS.name, partitions }],
      timeoutMs: 900,
      allowReplicationFactorChange: false,
    };
    expect(await broker.answer(alterPartitionReassignments, 1, request)).toMatchObject({
      errorCode: 0,
      errorMessage: null,
      allowReplicationFactorChange: false,
      responses: [
        {
          name: EVENTS.name,
          partitions: [
            { partitionIndex: 1, errorCode: 0, errorMessage: null },
            {
              partitionIndex: 2,
              errorCode: errorCode('NO_REASSIGNMENT_IN_PROGRESS'),
              errorMessage: 'nothing is being reassigned',
            },
          ],
        },
      ],
    });
    expect(alterPartitionReassignmentsRpc.decodeRequest(broker.controllerCalls[0]!.request)).toMatchObject({
      principal: 'User:alice',
      allowReplicationFactorChange: false,
      topics: [
        {
          name: EVENTS.name,
          partitions: [
            { partition: 1, target: [2, 3, 4] },
            { partition: 2, target: undefined },
          ],
        },
      ],
    });
    expect(broker.awaited).toEqual([broker.image.provenance.offset]);
  });

  it('allows another replication factor in version 0, and says of the whole that no controller answers', async () => {
    const broker = new FakeBroker();
    const { errorCode: code, responses } = await broker.answer(alterPartitionReassignments, 0, { topics: [] });
    expect([code, responses]).toEqual([errorCode('NOT_CONTROLLER'), []]);
    const asked = alterPartitionReassignmentsRpc.decodeRequest(broker.controllerCalls[0]!.request);
    expect(asked.allowReplicationFactorChange).toBe(true);
  });
});

describe('ListPartitionReassignments', () => {
  it('lists what is on the move, of all topics or of those named, and leaves out what is not', async () => {
    const broker = new FakeBroker();
    broker.commit([moving(EVENTS.id, 1), moving(AUDIT.id, 0)]);
    const all = await broker.answer(listPartitionReassignments, 0, { topics: null });
    expect(all.topics.map(({ name }) => name).sort()).toEqual([AUDIT.name, EVENTS.name]);
    const topics = [
      { name: EVENTS.name, partitionIndexes: [0, 1, 1, 9] },
      { name: 'nothing', partitionIndexes: [0] },
    ];
    const some = await broker.answer(listPartitionReassignments, 0, { topics });
    const partition = { partitionIndex: 1, replicas: [2, 3, 4, 1], addingReplicas: [4], removingReplicas: [1] };
    expect(some.topics).toEqual([{ name: EVENTS.name, partitions: [partition] }]);
  });
});

describe('ElectLeaders', () => {
  it('asks for unclean elections from version 1 on, and for preferred ones before', async () => {
    const broker = new FakeBroker();
    broker.onController = () => {
      const partitions = [
        { partition: 2, result: failure('ELECTION_NOT_NEEDED', 'partition events-2 has that leader') },
      ];
      const topics = [{ name: EVENTS.name, partitions }];
      return { ok: true, value: electLeadersRpc.encodeResponse({ topics, metadataOffset: NO_OFFSET }) };
    };
    const request = { electionType: 1, topicPartitions: [{ topic: EVENTS.name, partitions: [2] }] };
    const { errorCode: code, replicaElectionResults } = await broker.answer(electLeaders, 2, request);
    const partitionResult = [
      {
        partitionId: 2,
        errorCode: errorCode('ELECTION_NOT_NEEDED'),
        errorMessage: 'partition events-2 has that leader',
      },
    ];
    expect([code, replicaElectionResults]).toEqual([0, [{ topic: EVENTS.name, partitionResult }]]);
    await broker.answer(electLeaders, 0, { topicPartitions: null });
    const calls = broker.controllerCalls.map(({ request: bytes }) => electLeadersRpc.decodeRequest(bytes));
    expect(calls).toMatchObject([
      { electionType: 'UNCLEAN', topics: [{ name: EVENTS.name, partitions: [2] }] },
      { electionType: 'PREFERRED', topics: undefined },
    ]);
  });

  it('refuses a kind of election nobody knows, and tells each partition when no controller answers', async () => {
    const broker = new FakeBroker();
    const topicPartitions = [{ topic: EVENTS.name, partitions: [0, 1] }];
    const unknown = await broker.answer(electLeaders, 2, { electionType: 7, topicPartitions });
    expect(unknown.errorCode).toBe(errorCode('INVALID_REQUEST'));
    expect(broker.controllerCalls).toEqual([]);
    const { replicaElectionResults } = await broker.answer(electLeaders, 0, { topicPartitions });
    const codes = replicaElectionResults[0]?.partitionResult.map((result) => result.errorCode);
    expect(codes).toEqual([errorCode('NOT_CONTROLLER'), errorCode('NOT_CONTROLLER')]);
  });
});
