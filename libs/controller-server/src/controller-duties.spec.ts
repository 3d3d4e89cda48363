import { brokerHeartbeatRpc, createTopicsRpc, registerBrokerRpc } from '@milena/cluster-protocol';
import { SWEEP_STEP } from '@milena/controller';
import { decodeMetadataRecord, encodeMetadataRecord, type MetadataRecord } from '@milena/metadata';
import { NO_NODE } from '@milena/model';
import { id, registration, SESSION_TIMEOUT_MS, TestCluster, topicRequest } from './testing/test-cluster';

async function ledBy101(brokers: readonly number[] = []): Promise<TestCluster> {
  const cluster = new TestCluster();
  cluster.quorum.elect(101);
  await cluster.time.advance(10);
  for (const brokerId of brokers) await cluster.startBroker(101, brokerId);
  return cluster;
}

/** The records of each batch from `first` on. */
function written(cluster: TestCluster, first = 0): readonly (readonly MetadataRecord[])[] {
  return cluster.quorum.batches.slice(first).map(({ records }) => records.map((value) => decodeMetadataRecord(value)));
}

function types(records: readonly MetadataRecord[] | undefined): readonly string[] {
  return (records ?? []).map(({ type }) => type);
}

async function createPartitions(cluster: TestCluster, name: string, partitions: number): Promise<void> {
  const request = topicRequest(name, 2);
  const topics = [{ ...request.topics[0]!, partitions }];
  await cluster.call(101, createTopicsRpc, { ...request, topics });
}

function leaders(cluster: TestCluster, name: string): ReadonlySet<number> {
  const topic = cluster.controller(101).committedImage().topicByName(name)!;
  return new Set([...topic.partitions()].map(({ leader }) => leader));
}

describe('the bootstrap of a cluster', () => {
  it('stands in a metadata transaction, ELR included', async () => {
    const cluster = await ledBy101();
    const [first = []] = written(cluster);
    expect(types(first)).toEqual([
      'BeginTransactionRecord',
      'FeatureLevelRecord',
      'FeatureLevelRecord',
      'FeatureLevelRecord',
      'EndTransactionRecord',
    ]);
    expect(cluster.controller(102).committedImage().featureLevel('eligible.leader.replicas.version')).toBe(1);
  });

  it('is followed by the abort of a transaction that a dead leader left open', async () => {
    const cluster = await ledBy101();
    const feature: MetadataRecord = {
      type: 'FeatureLevelRecord',
      name: 'eligible.leader.replicas.version',
      featureLevel: 0,
    };
    const open: MetadataRecord[] = [{ type: 'BeginTransactionRecord', name: 'large' }, feature];
    cluster.quorum.depose();
    cluster.quorum.append(1, open.map(encodeMetadataRecord));
    const before = cluster.quorum.batches.length;
    cluster.quorum.elect(102);
    await cluster.time.advance(10);
    expect(types(written(cluster, before)[0])).toEqual(['AbortTransactionRecord']);
    const image = cluster.controller(101).committedImage();
    expect([image.openTransaction, image.featureLevel(feature.name)]).toEqual([undefined, 1]);
  });
});

describe('controllers', () => {
  it('make themselves known, each life once', async () => {
    const cluster = await ledBy101();
    await cluster.time.advance(2000);
    cluster.quorum.elect(102);
    await cluster.time.advance(3000);
    const controllers = cluster.controller(101).committedImage().controllers();
    const records = written(cluster)
      .flat()
      .filter(({ type }) => type === 'RegisterControllerRecord');
    expect(controllers.map((each) => each.id)).toEqual([101, 102]);
    expect(records).toHaveLength(2);
  });
});

describe('an idle controller', () => {
  it('writes a no-op record every half second, and none while one waits', async () => {
    const cluster = await ledBy101();
    await cluster.time.advance(3000);
    const before = cluster.quorum.batches.length;
    await cluster.time.advance(2000);
    expect(written(cluster, before).map(types)).toEqual(Array(4).fill(['NoOpRecord']));
    cluster.quorum.autoCommit = false;
    await cluster.time.advance(2000);
    expect(cluster.quorum.batches.length).toBe(before + 5);
  });
});

describe('a heartbeat that changes nothing', () => {
  it('is answered while the log stands still and requests wait for it', async () => {
    const cluster = await ledBy101([1]);
    cluster.quorum.autoCommit = false;
    void cluster.send(101, createTopicsRpc, topicRequest('orders'));
    await cluster.time.advance(10);
    let answer: unknown;
    void cluster.send(101, brokerHeartbeatRpc, cluster.heartbeatOf(1)).then((value) => (answer = value));
    await cluster.time.advance(10);
    expect(answer).toMatchObject({ response: { value: { isFenced: false, isCaughtUp: true } } });
  });
});

describe('two live processes with one directory', () => {
  it('do not take the id from each other: the older is told to stop', async () => {
    const cluster = await ledBy101([1]);
    const older = cluster.brokers.get(1)!.epoch;
    const newer = await cluster.call(101, registerBrokerRpc, registration(1, { incarnationId: id(9) }));
    expect(newer).toMatchObject({ response: { ok: true } });
    expect(await cluster.heartbeat(101, 1)).toMatchObject({ response: { error: { code: 'STALE_BROKER_EPOCH' } } });
    const back = await cluster.call(101, registerBrokerRpc, registration(1, { brokerEpoch: older }));
    expect(back).toMatchObject({
      response: {
        error: {
          code: 'DUPLICATE_BROKER_REGISTRATION',
          message: 'broker 1 was taken over by a newer process with the same log directory at broker1:9094',
        },
      },
    });
    await cluster.time.advance(SESSION_TIMEOUT_MS + 500);
    const later = await cluster.call(101, registerBrokerRpc, registration(1, { brokerEpoch: older }));
    expect(later).toMatchObject({ response: { ok: true } });
  });
});

describe('a broker of more partitions than one batch holds', () => {
  const partitions = SWEEP_STEP.recordsMax + 500;

  it('is fenced by the first batch; the rest follows', async () => {
    const cluster = await ledBy101([1, 2]);
    await createPartitions(cluster, 'many', partitions);
    const before = cluster.quorum.batches.length;
    cluster.brokers.get(1)!.process.crash();
    cluster.quorum.lose(1, 'reset');
    await cluster.time.advance(400);
    const sizes = written(cluster, before).filter((records) => records.length > 1);
    expect(sizes.map(({ length }) => length)).toEqual([1 + SWEEP_STEP.recordsMax, 500]);
    expect(types(sizes[0])[0]).toBe('BrokerRegistrationChangeRecord');
    expect(leaders(cluster, 'many')).toEqual(new Set([2]));
  });

  it('leaves every ISR also when the controller dies between the batches', async () => {
    const cluster = await ledBy101([1, 2]);
    await createPartitions(cluster, 'many', partitions);
    cluster.quorum.autoCommit = false;
    cluster.brokers.get(1)!.process.crash();
    cluster.quorum.lose(1, 'reset');
    await cluster.time.advance(100);
    cluster.quorum.commitBatches(1);
    cluster.quorum.autoCommit = true;
    cluster.quorum.elect(102, { keepTail: false });
    const ofBroker1 = cluster.controller(102).committedImage().hostedPartitions(1);
    expect([...ofBroker1].some(({ state }) => state.isr.includes(1))).toBe(true);
    await cluster.heartbeat(102, 2);
    await cluster.time.advance(1000);
    const after = cluster.controller(102).committedImage().hostedPartitions(1);
    expect([...after].some(({ state }) => state.isr.includes(1))).toBe(false);
  });

  it('may stop only when all it leads has moved', async () => {
    const cluster = await ledBy101([1, 2]);
    await createPartitions(cluster, 'many', partitions);
    const leaving = { wantShutDown: true };
    expect(await cluster.heartbeat(101, 1, leaving)).toMatchObject({ response: { value: { shouldShutDown: false } } });
    await cluster.time.advance(400);
    await cluster.heartbeat(101, 2);
    expect(leaders(cluster, 'many')).toEqual(new Set([2]));
    expect(await cluster.heartbeat(101, 1, leaving)).toMatchObject({ response: { value: { shouldShutDown: true } } });
  });

  it('is registered anew only after its former life has left everything', async () => {
    const cluster = await ledBy101([1, 2]);
    await createPartitions(cluster, 'many', partitions);
    const before = cluster.quorum.batches.length;
    await cluster.call(101, registerBrokerRpc, registration(1, { incarnationId: id(9) }));
    const [first, second] = written(cluster, before).filter((records) => records.length > 1);
    expect([types(first)[0], types(second)[0]]).toEqual(['BrokerRegistrationChangeRecord', 'RegisterBrokerRecord']);
    expect(leaders(cluster, 'many').has(NO_NODE)).toBe(false);
    expect(leaders(cluster, 'many')).toEqual(new Set([2]));
  });
});
