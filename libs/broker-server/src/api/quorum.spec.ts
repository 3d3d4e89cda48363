import { addVoterRpc, describeQuorumRpc, removeVoterRpc } from '@milena/cluster-protocol';
import { addRaftVoter, describeQuorum, removeRaftVoter } from '@milena/kafka-protocol';
import { errorCode, offset, success, timestampMs, ZERO_UUID } from '@milena/model';
import { FakeBroker, testUuid } from './testing/fake-broker';

const LOG = { topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] };
const facts = { error: 'NONE', epoch: 3, leaderId: 101 } as const;

describe('DescribeQuorum', () => {
  const progress = (id: number) => ({
    replica: { id, ...(id === 1 ? {} : { directoryId: testUuid(id) }) },
    logEndOffset: offset(10),
    lastFetchTimestamp: timestampMs(500),
    lastCaughtUpTimestamp: timestampMs(400),
  });

  function withQuorum(): FakeBroker {
    const broker = new FakeBroker();
    const voters = [{ ...progress(101), endpoint: { host: 'controller', port: 60_000 } }];
    const quorum = { type: 'describeQuorum', clusterId: '', highWatermark: offset(9), ...facts } as const;
    broker.onQuorum = () => success(describeQuorumRpc.encodeResponse({ ...quorum, voters, observers: [progress(1)] }));
    return broker;
  }

  it('shows the quorum as its leader sees it, and where the voters listen', async () => {
    const answer = await withQuorum().answer(describeQuorum, 2, { topics: [LOG] });
    const times = { logEndOffset: 10, lastFetchTimestamp: 500, lastCaughtUpTimestamp: 400 };
    const partition = {
      partitionIndex: 0,
      errorCode: 0,
      errorMessage: null,
      leaderId: 101,
      leaderEpoch: 3,
      highWatermark: 9,
      currentVoters: [{ replicaId: 101, replicaDirectoryId: testUuid(101), ...times }],
      observers: [{ replicaId: 1, replicaDirectoryId: ZERO_UUID, ...times }],
    };
    expect(answer).toEqual({
      errorCode: 0,
      errorMessage: null,
      topics: [{ topicName: LOG.topicName, partitions: [partition] }],
      nodes: [{ nodeId: 101, listeners: [{ name: 'CONTROLLER', host: 'controller', port: 60_000 }] }],
    });
  });

  it('leaves out what older versions do not know', async () => {
    const answer = await withQuorum().answer(describeQuorum, 0, { topics: [LOG] });
    expect(answer.topics[0]?.partitions[0]?.currentVoters).toMatchObject([{ replicaId: 101, lastFetchTimestamp: -1 }]);
    expect(answer.nodes).toEqual([]);
  });

  it('knows no other partition', async () => {
    const other = { topicName: 'events', partitions: [{ partitionIndex: 0 }] };
    const answer = await withQuorum().answer(describeQuorum, 2, { topics: [other] });
    expect(answer.topics[0]?.partitions[0]?.errorCode).toBe(errorCode('UNKNOWN_TOPIC_OR_PARTITION'));
  });

  it('says so when nobody leads', async () => {
    const answer = await new FakeBroker().answer(describeQuorum, 2, { topics: [LOG] });
    expect(answer).toMatchObject({ errorCode: errorCode('LEADER_NOT_AVAILABLE'), topics: [] });
  });
});

describe('AddRaftVoter', () => {
  const request = {
    clusterId: null,
    timeoutMs: 900,
    voterId: 104,
    voterDirectoryId: testUuid(4),
    listeners: [{ name: 'controller', host: 'new', port: 9093 }],
  };

  it('has the leader add the voter at the endpoint of the controllers listener', async () => {
    const broker = new FakeBroker();
    let asked: unknown;
    broker.onQuorum = (_method, bytes) => {
      asked = addVoterRpc.decodeRequest(Buffer.from(bytes));
      return success(addVoterRpc.encodeResponse({ type: 'addVoter', ...facts }));
    };
    const answer = await broker.answer(addRaftVoter, 0, request);
    expect(answer).toEqual({ throttleTimeMs: 0, errorCode: 0, errorMessage: null });
    expect(asked).toEqual({
      type: 'addVoter',
      voter: { id: 104, directoryId: testUuid(4) },
      endpoint: { host: 'new', port: 9093 },
      timeoutMs: 900,
      ackWhenCommitted: true,
    });
  });

  it('refuses a voter without that listener', async () => {
    const listeners = [{ name: 'OTHER', host: 'new', port: 9093 }];
    const answer = await new FakeBroker().answer(addRaftVoter, 1, { ...request, listeners, ackWhenCommitted: false });
    expect(answer.errorCode).toBe(errorCode('INVALID_REQUEST'));
  });
});

describe('RemoveRaftVoter', () => {
  it("gives the leader's refusal with its reason", async () => {
    const broker = new FakeBroker();
    broker.onQuorum = () =>
      success(
        removeVoterRpc.encodeResponse({ type: 'removeVoter', ...facts, error: 'VOTER_NOT_FOUND', message: 'not here' }),
      );
    const request = { clusterId: 'cluster', voterId: 104, voterDirectoryId: testUuid(4) };
    expect(await broker.answer(removeRaftVoter, 0, request)).toEqual({
      throttleTimeMs: 0,
      errorCode: errorCode('VOTER_NOT_FOUND'),
      errorMessage: 'not here',
    });
  });
});
