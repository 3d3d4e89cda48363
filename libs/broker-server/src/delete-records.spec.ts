import { BrokerScene, TOPIC } from './testing/broker-scene';
import type { RecordDeletion } from './record-deletion';

async function scene() {
  const brokers = new BrokerScene();
  await brokers.start(1, 2);
  brokers.createTopic([1, 2]);
  await brokers.time.advance(100);
  for (const value of ['a', 'b', 'c']) await brokers.produced(1, [value]);
  const managerOf = (id: number) => brokers.broker(id).server.context.replicaManager;
  const topicPartition = { topic: TOPIC.name, partition: 0 };
  const remove = (before: RecordDeletion['before'], broker = 1) =>
    managerOf(broker).deleteRecords([{ topicPartition, before }])[0];
  return { brokers, remove };
}

describe('deleting records', () => {
  it('moves the start of the log at the leader at once, and at followers with their next fetch', async () => {
    const { brokers, remove } = await scene();
    expect(remove(2)).toMatchObject({ error: 'NONE', lowWatermark: 2 });
    expect(remove(1)).toMatchObject({ error: 'NONE', lowWatermark: 2 });
    await brokers.time.advance(1000);
    brokers.changePartition({ leader: 2 });
    await brokers.time.advance(100);
    expect(remove(0, 2)).toMatchObject({ error: 'NONE', lowWatermark: 2 });
    expect(remove('high-watermark', 2)).toMatchObject({ error: 'NONE', lowWatermark: 3 });
  });

  it('is refused above the high watermark, and by who does not lead', async () => {
    const { brokers, remove } = await scene();
    brokers.network.block('host2', 'host1');
    brokers.produce(1, ['d']);
    expect(remove(4)).toMatchObject({ error: 'OFFSET_OUT_OF_RANGE', lowWatermark: -1 });
    expect(remove(-2)).toMatchObject({ error: 'OFFSET_OUT_OF_RANGE' });
    expect(remove(1, 2)).toMatchObject({ error: 'NOT_LEADER_OR_FOLLOWER', lowWatermark: -1 });
  });
});
