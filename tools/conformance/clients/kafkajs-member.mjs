// A member of a consumer group by kafkajs, unmodified. Prints one JSON line per assignment and per record; SIGTERM leaves the group.
//   node kafkajs-member.mjs <bootstrap> <topic> <group>
import kafkajs from 'kafkajs';

const { Kafka, logLevel } = kafkajs;
const [bootstrap, topic, groupId] = process.argv.slice(2);
const print = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

const kafka = new Kafka({
  clientId: 'kafkajs',
  brokers: bootstrap.split(','),
  logLevel: logLevel.WARN,
  retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 60 },
});
const consumer = kafka.consumer({ groupId, sessionTimeout: 10_000, heartbeatInterval: 500, maxWaitTimeInMs: 200 });
consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => print({ assigned: payload.memberAssignment[topic] ?? [] }));

process.once('SIGTERM', async () => {
  await consumer.disconnect();
  process.exit(0);
});
await consumer.connect();
await consumer.subscribe({ topics: [topic], fromBeginning: true });
await consumer.run({
  autoCommitInterval: 300,
  eachMessage: async ({ partition, message }) =>
    print({ partition, offset: Number(message.offset), value: message.value.toString() }),
});
