import { describeQuorumRpc, listReplicaLogsRpc } from '@milena/cluster-protocol';
import { failure, NO_OFFSET, NO_TIMESTAMP, offset, success, timestampMs } from '@milena/model';
import { requestedPage } from './paging';
import { broker, GatewayScene, served, testUuid, topic } from './testing/gateway-scene';

describe('BrokerService', () => {
  it('lists the registered brokers by id, fenced ones too', async () => {
    const scene = await GatewayScene.with([broker(10), broker(2, { fenced: true }), ...topic('t', 1, [1, 2])]);
    const first = await scene.call('BrokerService/ListBrokers', { pageSize: 1 });
    expect(first['brokers']).toMatchObject([
      { name: 'brokers/2', brokerId: 2, state: 'STATE_FENCED', replicaCount: 2, leaderCount: 1 },
    ]);
    const second = await scene.call('BrokerService/ListBrokers', { pageToken: first['nextPageToken'] });
    expect(second['brokers']).toMatchObject([{ name: 'brokers/10', state: 'STATE_ACTIVE' }]);
    expect(second['nextPageToken']).toBeUndefined();
  });

  it('describes a broker with its listeners and features', async () => {
    const scene = await GatewayScene.with([broker(1)]);
    const { broker: found } = await scene.call('BrokerService/GetBroker', { name: 'brokers/1' });
    expect(found).toMatchObject({
      incarnationId: testUuid(101),
      listeners: [
        { name: 'PLAINTEXT', host: 'broker1', port: 9092, securityProtocol: 'SECURITY_PROTOCOL_PLAINTEXT' },
        { name: 'INTERNAL', port: 9094 },
      ],
      supportedFeatures: { 'kraft.version': { maxLevel: 1 } },
    });
  });

  it('says which broker it does not know', async () => {
    const scene = await GatewayScene.with();
    for (const [path, request] of [
      ['BrokerService/GetBroker', { name: 'brokers/7' }],
      ['BrokerService/ListReplicaLogs', { parent: 'brokers/7' }],
    ] as const) {
      const { failure: failed } = await scene.call(path, request);
      expect(failed).toMatchObject({ code: 'BROKER_ID_NOT_REGISTERED', about: { broker: 'brokers/7' } });
    }
  });

  it('asks a broker for its logs, page by page', async () => {
    const scene = await GatewayScene.with([broker(1)]);
    const asked: unknown[] = [];
    const log = (partition: number) => ({
      topicPartition: { topic: 'orders', partition },
      logStartOffset: offset(1),
      logEndOffset: offset(9),
      highWatermark: offset(8),
      sizeInBytes: 77,
      isLeader: partition === 0,
    });
    const handler = served(listReplicaLogsRpc, (request) => {
      asked.push(request);
      return success({ logs: request.after === undefined ? [log(0), log(1)] : [log(1)] });
    });
    scene.server('broker1', 9094, handler);
    const first = await scene.call('BrokerService/ListReplicaLogs', { parent: 'brokers/1', pageSize: 1 });
    expect(first['replicaLogs']).toEqual([
      {
        topic: 'orders',
        logStartOffset: '1',
        logEndOffset: '9',
        highWatermark: '8',
        sizeBytes: '77',
        isLeader: true,
      },
    ]);
    const pageToken = first['nextPageToken'];
    const second = await scene.call('BrokerService/ListReplicaLogs', { parent: 'brokers/1', pageSize: 1, pageToken });
    expect(second['replicaLogs']).toMatchObject([{ partition: 1 }]);
    expect(second['nextPageToken']).toBeUndefined();
    expect(asked).toEqual([{ limit: 2 }, { after: { topic: 'orders', partition: 0 }, limit: 2 }]);
  });

  it('refuses a token that somebody made up, with a checksum that is right', async () => {
    const scene = await GatewayScene.with([broker(1), ...topic('t', 1, [1])]);
    const lists = [
      ['BrokerService/ListBrokers', {}, 'brokers'],
      ['BrokerService/ListReplicaLogs', { parent: 'brokers/1' }, 'brokers/1/logs'],
      ['TopicService/ListPartitions', { parent: 'topics/t' }, 'topics/t/partitions'],
      ['GroupService/ListGroupOffsets', { parent: 'groups/g' }, 'groups/g/offsets'],
    ] as const;
    for (const [path, request, listing] of lists) {
      for (const key of ['x', 't/1e9', 't/99999999999', '-']) {
        const page = requestedPage({ pageSize: 0, pageToken: '' }, listing);
        const pageToken = page.ok ? page.value.tokenAfter(key) : '';
        const { failure: failed } = await scene.call(path, { ...request, pageToken });
        expect(failed).toMatchObject({ code: 'INVALID_REQUEST', violations: [{ field: 'page_token' }] });
      }
    }
  });

  it('says when a broker does not answer, within bounded time', async () => {
    const scene = await GatewayScene.with([broker(1), broker(2)]);
    scene.network.join('broker1');
    const gone = await scene.call('BrokerService/ListReplicaLogs', { parent: 'brokers/1' });
    expect(gone.failure).toMatchObject({ code: 'BROKER_NOT_AVAILABLE', about: { broker: 'brokers/1' } });
    scene.server(
      'broker2',
      9094,
      served(listReplicaLogsRpc, () => success({ logs: [] })),
    );
    scene.network.block('gateway', 'broker2');
    const startedMs = scene.time.nowMs();
    const silent = await scene.call('BrokerService/ListReplicaLogs', { parent: 'brokers/2' });
    expect(silent.failure?.code).toBe('REQUEST_TIMED_OUT');
    expect(scene.time.nowMs() - startedMs).toBeLessThanOrEqual(3_000);
  });
});

describe('QuorumService', () => {
  const facts = { type: 'describeQuorum', clusterId: 'cluster', epoch: 3 } as const;
  const replica = (id: number, logEnd: number) => ({
    replica: { id },
    logEndOffset: logEnd < 0 ? NO_OFFSET : offset(logEnd),
    lastFetchTimestamp: logEnd < 0 ? NO_TIMESTAMP : timestampMs(1_750_000_000_500),
    lastCaughtUpTimestamp: NO_TIMESTAMP,
  });

  it('shows what the leader sees, with lags and times', async () => {
    const scene = await GatewayScene.with();
    const answer = served(describeQuorumRpc, () =>
      success({
        ...facts,
        error: 'NONE',
        leaderId: 101,
        highWatermark: offset(9),
        voters: [replica(101, 10), replica(102, 7)],
        observers: [replica(1, -1)],
      }),
    );
    scene.server('controller', 9093, answer);
    expect(await scene.call('QuorumService/GetQuorum')).toEqual({
      quorum: {
        leaderId: 101,
        leaderEpoch: 3,
        highWatermark: '9',
        voters: [
          { nodeId: 101, logEndOffset: '10', lag: '0', lastFetchTime: '2025-06-15T15:06:40.500Z' },
          { nodeId: 102, logEndOffset: '7', lag: '3', lastFetchTime: '2025-06-15T15:06:40.500Z' },
        ],
        observers: [{ nodeId: 1 }],
      },
    });
  });

  it('follows the hint of a controller that does not lead', async () => {
    const scene = await GatewayScene.with();
    const empty = { voters: [], observers: [] };
    const hint = { leaderId: 102, leaderEndpoint: { host: 'other', port: 9093 } };
    const refused = served(describeQuorumRpc, () =>
      success({ ...facts, ...empty, ...hint, error: 'NOT_LEADER_OR_FOLLOWER' }),
    );
    scene.server('controller', 9093, refused);
    const leads = served(describeQuorumRpc, () => success({ ...facts, ...empty, error: 'NONE', leaderId: 102 }));
    scene.server('other', 9093, leads);
    expect(await scene.call('QuorumService/GetQuorum')).toMatchObject({ quorum: { leaderId: 102 } });
  });

  it('says that nobody leads when nobody does', async () => {
    const scene = await GatewayScene.with();
    const refused = served(describeQuorumRpc, () => failure('BROKER_NOT_AVAILABLE', 'stopping'));
    scene.server('controller', 9093, refused);
    expect((await scene.call('QuorumService/GetQuorum')).failure?.code).toBe('BROKER_NOT_AVAILABLE');
    const alone = await GatewayScene.with();
    alone.isControllerUp = false;
    alone.network.join('controller');
    expect((await alone.call('QuorumService/GetQuorum')).failure?.code).toBe('LEADER_NOT_AVAILABLE');
  });
});
