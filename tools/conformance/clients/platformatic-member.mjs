// A member of a consumer group by @platformatic/kafka, unmodified. Prints one JSON line per assignment and per record; SIGTERM
// leaves the group. Its stream ends with an error when the group is lost, and it says so when its heartbeats have stalled,
// which they do now and then when a coordinator dies; as an application would, it then consumes anew.
//   node platformatic-member.mjs <bootstrap> <topic> <group>
import { setTimeout as delay } from 'node:timers/promises';
import { Consumer, stringDeserializers } from '@platformatic/kafka';

const [bootstrap, topic, groupId] = process.argv.slice(2);
const print = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
let consumer;
let isLeaving = false;

process.once('SIGTERM', async () => {
  isLeaving = true;
  await consumer.close(true);
  process.exit(0);
});

async function consume() {
  consumer = new Consumer({
    groupId,
    clientId: 'platformatic',
    bootstrapBrokers: bootstrap.split(','),
    deserializers: stringDeserializers,
    sessionTimeout: 10_000,
    rebalanceTimeout: 10_000,
    heartbeatInterval: 500,
    autocommit: 300,
    retries: 20,
    retryDelay: 200,
    timeout: 5_000,
    maxWaitTime: 200,
  });
  consumer.on('consumer:group:join', ({ assignments }) =>
    print({ assigned: assignments?.find((each) => each.topic === topic)?.partitions ?? [] }),
  );
  const stalled = new Promise((_, reject) => {
    consumer.once('consumer:heartbeat:stalled', ({ lastError }) => {
      reject(new Error('heartbeats have stalled', { cause: lastError }));
    });
  });
  // Nobody waits for it while the group is joined.
  stalled.catch(() => undefined);
  const stream = await consumer.consume({ topics: [topic], mode: 'committed', fallbackMode: 'earliest' });
  await Promise.race([stalled, printAll(stream)]);
}

async function printAll(stream) {
  for await (const { partition, offset, value } of stream) print({ partition, offset: Number(offset), value });
}

while (!isLeaving) {
  try {
    await consume();
  } catch (error) {
    if (isLeaving) break;
    console.error(error);
    // Leaving a group whose coordinator is gone may never end; the session does.
    const closed = consumer?.close(true).catch((failure) => console.error(failure));
    await Promise.race([closed, delay(2_000)]);
    await delay(200);
  }
}
