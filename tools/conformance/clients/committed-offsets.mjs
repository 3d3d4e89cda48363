// Watches the committed offsets of groups from outside, by kafkajs' admin client, and remembers any that went backwards.
import kafkajs from 'kafkajs';
import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../process.mjs';

const { Kafka, logLevel } = kafkajs;
const pollMs = 200;

/** Starts to watch `group`'s offsets of `topic`. An answer that cannot be had at the moment is asked for again. */
export function watchCommitted({ bootstrap, topic, group }) {
  const kafka = new Kafka({
    clientId: 'watcher',
    brokers: bootstrap.split(','),
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 50, maxRetryTime: 200, retries: 3 }, // its first request finds no broker without a retry
    requestTimeout: 3_000,
  });
  const latest = new Map();
  const backwards = [];
  let answers = 0;
  let isStopped = false;
  let problem;

  async function poll() {
    const admin = kafka.admin();
    try {
      await admin.connect();
      while (!isStopped) {
        const [{ partitions }] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
        answers += 1;
        for (const { partition, offset } of partitions) remember(partition, Number(offset));
        await delay(pollMs);
      }
    } finally {
      await admin.disconnect().catch(() => {});
    }
  }

  function remember(partition, offset) {
    const before = latest.get(partition) ?? -1;
    if (offset < before) backwards.push({ partition, from: before, to: offset });
    latest.set(partition, offset);
  }

  const watching = (async () => {
    while (!isStopped) await poll().catch((error) => ((problem = error), delay(pollMs)));
  })();

  return {
    /** `{ partition, from, to }` of every answer that was lower than the one before. */
    backwards,
    /** The offset of each partition of which one was ever seen. */
    now: () => new Map([...latest].filter(([, offset]) => offset >= 0)),
    /** Waits for an answer that was asked for after this call. */
    async fresh() {
      const asked = answers + 2;
      await until(`committed offsets of ${group}`, 30_000, () => answers >= asked).catch((error) => {
        error.message += `\nlatest problem: ${problem?.message}`;
        throw error;
      });
      return this.now();
    },
    /** Where it stands, for messages of failed expectations. */
    describe: () => `${answers} answers; latest problem: ${problem?.message}`,
    async stop() {
      isStopped = true;
      await watching;
    },
  };
}
