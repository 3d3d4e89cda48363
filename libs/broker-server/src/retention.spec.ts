import { NO_EPOCH } from '@milena/model';
import { BrokerScene, TOPIC } from './testing/broker-scene';

const SEGMENT_BYTES = 1 << 20;
/** Ten fill a segment. */
const VALUE = 'x'.repeat(100_000);
const RETAINED = String(2.5 * SEGMENT_BYTES);
const CHECK_MS = 5_000;
const PARTITION = { topic: TOPIC.name, partition: 0 };
const RETENTION_MS = 40_000;

/** Two brokers, a topic on both led by broker 1, and segments that take a few records each. */
async function twoReplicas(config: Record<string, string>): Promise<BrokerScene> {
  const scene = new BrokerScene({ config: { 'log.retention.check.interval.ms': String(CHECK_MS) } });
  await scene.start(1, 2);
  scene.createTopic([1, 2], {}, { 'segment.bytes': String(SEGMENT_BYTES), ...config });
  await scene.time.advance(100);
  return scene;
}

async function produce(scene: BrokerScene, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) await scene.produced(1, [VALUE]);
}

function setRetentionBytes(scene: BrokerScene, value?: string): void {
  const key = { resourceType: 'TOPIC', resourceName: TOPIC.name, name: 'retention.bytes' } as const;
  scene.log.append([{ type: 'ConfigRecord', ...key, ...(value === undefined ? {} : { value }) }]);
}

function earliest(scene: BrokerScene, id: number): number | undefined {
  const query = { topicPartition: PARTITION, currentLeaderEpoch: NO_EPOCH, isolation: 'uncommitted' } as const;
  return scene.broker(id).server.context.replicaManager.listOffsets([{ ...query, spec: 'earliest' }])[0]?.offset;
}

describe('retention', () => {
  test('by size deletes the oldest segments at the next check; clients see the new start', async () => {
    const scene = await twoReplicas({ 'retention.bytes': RETAINED });
    await produce(scene, 40);
    expect(earliest(scene, 1)).toBe(0);
    await scene.time.advance(CHECK_MS);
    const start = earliest(scene, 1) ?? -1;
    expect(start).toBe(10);
    const [before, at] = [scene.fetch(1, start - 1), scene.fetch(1, start)];
    expect(before.outcome).toMatchObject({ error: 'OFFSET_OUT_OF_RANGE' });
    expect(at.outcome).toMatchObject({ error: 'NONE', logStartOffset: start });
    expect(at.outcome?.records.length).toBeGreaterThan(0);
  });

  test('by time deletes what is older, and all of an idle topic in the end, without giving an offset twice', async () => {
    const scene = await twoReplicas({ 'retention.ms': String(RETENTION_MS) });
    await produce(scene, 20);
    await scene.time.advance(RETENTION_MS / 2);
    await produce(scene, 20);
    await scene.time.advance(RETENTION_MS / 2 + 2 * CHECK_MS);
    expect(earliest(scene, 1)).toBe(20);
    await scene.time.advance(RETENTION_MS);
    expect(earliest(scene, 1)).toBe(40);
    expect(await scene.produced(1, ['next'])).toMatchObject({ error: 'NONE', baseOffset: 40, logStartOffset: 40 });
  });

  test('obeys a changed topic configuration at the next check', async () => {
    const scene = await twoReplicas({});
    await produce(scene, 40);
    await scene.time.advance(2 * CHECK_MS);
    expect(earliest(scene, 1)).toBe(0);
    setRetentionBytes(scene, RETAINED);
    await scene.time.advance(CHECK_MS);
    const start = earliest(scene, 1);
    expect(start).toBe(10);
    setRetentionBytes(scene);
    await produce(scene, 40);
    await scene.time.advance(2 * CHECK_MS);
    expect(earliest(scene, 1)).toBe(start);
  });

  test('leaves a compacted topic alone', async () => {
    const scene = await twoReplicas({ 'retention.ms': '1', 'retention.bytes': '0', 'cleanup.policy': 'compact' });
    await produce(scene, 20);
    await scene.time.advance(RETENTION_MS);
    expect(earliest(scene, 1)).toBe(0);
  });

  test('never deletes what is not committed', async () => {
    const scene = await twoReplicas({ 'retention.bytes': '0', 'min.insync.replicas': '2' });
    await produce(scene, 5);
    scene.network.block('host2', 'host1');
    for (let index = 0; index < 30; index += 1) scene.produce(1, [VALUE], { acks: 1 });
    await scene.time.advance(2 * CHECK_MS);
    expect(earliest(scene, 1)).toBeLessThanOrEqual(5);
  });
});

describe('a follower and the log start of its leader', () => {
  test('follows it while it keeps up', async () => {
    const scene = await twoReplicas({});
    await produce(scene, 40);
    // The follower does not learn of the retention, so that it deletes nothing by itself.
    scene.log.hold(2, true);
    setRetentionBytes(scene, RETAINED);
    await scene.time.advance(CHECK_MS + 1000);
    const start = earliest(scene, 1);
    expect(start).toBe(10);
    scene.changePartition({ leader: 2 });
    scene.log.hold(2, false);
    await scene.time.advance(100);
    expect(earliest(scene, 2)).toBe(start);
  });

  test('begins anew there when it comes back too late', async () => {
    const scene = await twoReplicas({ 'retention.bytes': RETAINED });
    await produce(scene, 5);
    scene.kill(2);
    scene.changePartition({ isr: [1] });
    await scene.time.advance(100);
    await produce(scene, 60);
    await scene.time.advance(CHECK_MS);
    const start = earliest(scene, 1);
    expect(start).toBe(30);
    await scene.start(2);
    await scene.time.advance(5000);
    scene.changePartition({ isr: [1, 2], leader: 2 });
    await scene.time.advance(100);
    expect(earliest(scene, 2)).toBe(start);
    expect(scene.latest(2)?.offset).toBe(65);
  });
});
