import { unregisterBrokerRpc, updateFeaturesRpc } from '@milena/cluster-protocol';
import { describeLogDirs, unregisterBroker, updateFeatures } from '@milena/kafka-protocol';
import { errorCode, failure, NO_OFFSET, offset, success } from '@milena/model';
import { EVENTS, FakeBroker } from './testing/fake-broker';

describe('UpdateFeatures', () => {
  it('asks the controller; version 0 only knows whether a downgrade is allowed', async () => {
    const broker = new FakeBroker();
    broker.onController = () => {
      const metadataOffset = broker.commit([{ type: 'FeatureLevelRecord', name: 'kraft.version', featureLevel: 1 }]);
      return { ok: true, value: updateFeaturesRpc.encodeResponse({ result: success(null), metadataOffset }) };
    };
    const update = { feature: 'kraft.version', maxVersionLevel: 1 };
    const first = await broker.answer(updateFeatures, 0, { featureUpdates: [{ ...update, allowDowngrade: true }] });
    expect(first).toMatchObject({ errorCode: 0, results: [{ feature: 'kraft.version', errorCode: 0 }] });
    const featureUpdates = [{ ...update, upgradeType: 3 }];
    expect(await broker.answer(updateFeatures, 2, { featureUpdates, validateOnly: true })).toMatchObject({
      errorCode: 0,
    });
    const calls = broker.controllerCalls.map(({ request }) => updateFeaturesRpc.decodeRequest(request));
    expect(calls.map(({ updates, validateOnly }) => [updates[0]?.upgradeType, validateOnly])).toEqual([
      ['SAFE_DOWNGRADE', false],
      ['UNSAFE_DOWNGRADE', true],
    ]);
  });

  it('tells one error for all, and refuses what it does not know', async () => {
    const broker = new FakeBroker();
    broker.onController = () => {
      const result = failure('FEATURE_UPDATE_FAILED', 'no such level');
      return { ok: true, value: updateFeaturesRpc.encodeResponse({ result, metadataOffset: NO_OFFSET }) };
    };
    const update = { feature: 'a', maxVersionLevel: 9 };
    const refused = await broker.answer(updateFeatures, 1, { featureUpdates: [{ ...update, upgradeType: 1 }] });
    expect(refused).toMatchObject({
      errorCode: errorCode('FEATURE_UPDATE_FAILED'),
      errorMessage: 'no such level',
      results: [],
    });
    for (const featureUpdates of [[], [{ ...update, upgradeType: 4 }]]) {
      const unknown = await broker.answer(updateFeatures, 2, { featureUpdates });
      expect(unknown.errorCode).toBe(errorCode('INVALID_REQUEST'));
    }
    expect(broker.controllerCalls).toHaveLength(1);
  });
});

describe('UnregisterBroker', () => {
  it('asks the controller', async () => {
    const broker = new FakeBroker();
    broker.onController = (_method, request) => {
      const { brokerId } = unregisterBrokerRpc.decodeRequest(request);
      const result = failure('BROKER_ID_NOT_REGISTERED', `broker ${brokerId} is not registered`);
      return { ok: true, value: unregisterBrokerRpc.encodeResponse({ result, metadataOffset: NO_OFFSET }) };
    };
    const answer = await broker.answer(unregisterBroker, 0, { brokerId: 7 });
    expect(answer).toMatchObject({
      errorCode: errorCode('BROKER_ID_NOT_REGISTERED'),
      errorMessage: 'broker 7 is not registered',
    });
  });
});

describe('DescribeLogDirs', () => {
  const log = (partition: number, sizeInBytes: number) => ({
    topicPartition: { topic: EVENTS.name, partition },
    logStartOffset: offset(0),
    logEndOffset: offset(7),
    highWatermark: offset(9),
    sizeInBytes,
    isLeader: false,
  });

  it('tells the directory with all its replicas, or with those asked for', async () => {
    const broker = new FakeBroker();
    broker.replicaLogs = [log(0, 70), log(1, 80)];
    const replica = (partitionIndex: number, partitionSize: number) => {
      return { partitionIndex, partitionSize, offsetLag: 2, isFutureKey: false };
    };
    const all = await broker.answer(describeLogDirs, 4, { topics: null });
    expect(all.results).toEqual([
      {
        errorCode: 0,
        logDir: '/var/milena',
        topics: [{ name: EVENTS.name, partitions: [replica(0, 70), replica(1, 80)] }],
        totalBytes: -1,
        usableBytes: -1,
      },
    ]);
    const topics = [
      { topic: EVENTS.name, partitions: [1, 9] },
      { topic: 'nothing', partitions: [0] },
    ];
    const { results } = await broker.answer(describeLogDirs, 1, { topics });
    expect(results[0]?.topics).toEqual([{ name: EVENTS.name, partitions: [replica(1, 80)] }]);
  });
});
