// Administrators who create, change and delete topics one after the other, by kafkajs through the brokers and by JSON over
// HTTP through the gateway. They ask again when they may, and remember what was promised: each topic has one writer, and
// every value is new, so what must be there in the end is known.
import { setTimeout as delay } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import { adminCallers, AdminError } from './admin-callers.mjs';

const { ConfigResourceTypes, Kafka, logLevel } = kafkajs;
const triesMax = 200;
const pauseMs = 50;

/** Every broker has each topic, so that a topic has a leader while one of them is restarted. */
const replicas = 3;

/**
 * What a caller may be told while nodes come and go; it asks again. The outcome of a write that timed out or lost its
 * connection is unknown; NOT_CONTROLLER and refused connections mean that nothing was done. LEADER_NOT_AVAILABLE is what
 * kafkajs makes of its own refresh of metadata, which wants a leader for every topic it wrote to.
 */
const retriable =
  /NOT_CONTROLLER|LEADER_NOT_AVAILABLE|REQUEST_TIMED_OUT|BROKER_NOT_AVAILABLE|NETWORK_EXCEPTION|ECONNREFUSED|ECONNRESET|EPIPE|[Cc]onnection (timeout|error)|Closed connection|closed the connection|socket|timed out|Broker not connected|fetch failed|UNAVAILABLE|DEADLINE_EXCEEDED/;
const exists = /TOPIC_ALREADY_EXISTS|already exists/;
const unknown = /UNKNOWN_TOPIC_OR_PARTITION|does not host this topic/;
const invalid = /INVALID_REPLICATION_FACTOR|[Rr]eplication.factor/;

/** Every text of an error and of those it was made from. */
function said(error) {
  if (error === undefined || error === null) return '';
  const own = `${error.name} ${error.type ?? ''} ${error.code ?? ''} ${error.message}${error instanceof AdminError ? error.said : ''}`;
  return [own, ...(error.errors ?? []).map(said), said(error.cause)].join(' ');
}

function kafkaAdmin(bootstrap) {
  const kafka = new Kafka({
    clientId: 'writer',
    brokers: bootstrap.split(','),
    logLevel: logLevel.NOTHING,
    connectionTimeout: 2_000,
    requestTimeout: 10_000,
    retry: { retries: 1, initialRetryTime: 50 },
  });
  const admin = kafka.admin();
  const topicEntry = (topic, value, replicationFactor) => ({
    topics: [{ topic, numPartitions: 1, replicationFactor, configEntries: [{ name: 'retention.ms', value }] }],
    waitForLeaders: false,
  });
  return {
    async create(topic, value, replicationFactor) {
      // kafkajs says false where the broker said TOPIC_ALREADY_EXISTS
      if (!(await admin.createTopics(topicEntry(topic, value, replicationFactor))))
        throw new Error('TOPIC_ALREADY_EXISTS');
    },
    alter: (name, value) =>
      admin.alterConfigs({
        validateOnly: false,
        resources: [{ type: ConfigResourceTypes.TOPIC, name, configEntries: [{ name: 'retention.ms', value }] }],
      }),
    delete: (topic) => admin.deleteTopics({ topics: [topic], timeout: 10_000 }),
    connect: () => admin.connect(),
    close: () => admin.disconnect().catch(() => {}),
  };
}

function gatewayAdmin(http) {
  const call = adminCallers['JSON over HTTP']({ http });
  const named = (topic) => `topics/${topic}`;
  return {
    create: (topic, value, replicationFactor) =>
      call('TopicService/CreateTopic', {
        topic: {
          name: named(topic),
          partitionCount: 1,
          replicationFactor,
          configs: { 'retention.ms': value },
        },
      }),
    alter: (topic, value) =>
      call('TopicService/UpdateTopicConfigs', {
        name: named(topic),
        alterations: [{ key: 'retention.ms', operation: 'OPERATION_SET', value }],
      }),
    delete: (topic) => call('TopicService/DeleteTopic', { name: named(topic) }),
    connect: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

class Writer {
  /** Topics that must be there, with their `retention.ms`. */
  present = new Map();
  /** Topics that must not be there: deleted, or refused. */
  absent = new Set();
  /** Topics of which the last operation has no known end: there or not, both is right. */
  unsure = new Set();
  failures = [];
  /** What it was told before it asked again, with counts. */
  retries = new Map();
  /** The longest it waited for one answer, milliseconds. */
  slowestMs = 0;
  acknowledged = 0;
  #serial = 0;
  #isRunning = true;

  constructor(name, admin) {
    Object.assign(this, { name, admin });
  }

  async run() {
    await this.admin.connect();
    while (this.#isRunning) await this.#life(this.#serial++);
    await this.admin.close();
  }

  stop() {
    this.#isRunning = false;
  }

  /** One topic: created, changed, every second one deleted; now and then one that must be refused. */
  async #life(serial) {
    const topic = `${this.name}-${serial}`;
    const value = (step) => `${3_600_000 + serial * 10 + step}`;
    if (serial % 5 === 4) await this.#mustRefuse(`${topic}-refused`, value(0));
    if (!(await this.#insist(topic, exists, () => this.admin.create(topic, value(0), replicas)))) return;
    this.present.set(topic, value(0));
    if (!(await this.#insist(topic, undefined, () => this.admin.alter(topic, value(1))))) return;
    this.present.set(topic, value(1));
    if (serial % 2 === 0 || !(await this.#insist(topic, unknown, () => this.admin.delete(topic)))) return;
    this.present.delete(topic);
    this.absent.add(topic);
  }

  /** Asks until it is done; `done` is what a repetition is told when an attempt before it was carried out unheard. */
  async #insist(topic, done, operation) {
    for (let tries = 0; tries < triesMax; tries += 1) {
      const asked = performance.now();
      try {
        await operation().finally(() => (this.slowestMs = Math.max(this.slowestMs, performance.now() - asked)));
        this.acknowledged += 1;
        return true;
      } catch (error) {
        const text = said(error);
        if (tries > 0 && done?.test(text)) return true;
        const code = retriable.exec(text)?.[0];
        if (code === undefined) {
          this.failures.push(`${topic}: ${text}`);
          break;
        }
        this.retries.set(code, (this.retries.get(code) ?? 0) + 1);
        await delay(pauseMs);
      }
    }
    if (this.failures.length === 0) this.failures.push(`${topic}: not done after ${triesMax} attempts`);
    this.present.delete(topic);
    this.unsure.add(topic);
    return false;
  }

  async #mustRefuse(topic, value) {
    this.absent.add(topic);
    for (let tries = 0; tries < triesMax; tries += 1) {
      const text = await this.admin.create(topic, value, 99).then(() => 'created', said);
      if (invalid.test(text)) return;
      if (!retriable.test(text)) return void this.failures.push(`${topic} should have been refused, but: ${text}`);
      await delay(pauseMs);
    }
  }
}

/** Starts a writer of each kind; `stop` ends them and gives what they did. */
export function startWriters({ bootstrap, gateway }) {
  const writers = [new Writer('kafkajs', kafkaAdmin(bootstrap)), new Writer('http', gatewayAdmin(gateway))];
  const work = Promise.all(writers.map((writer) => writer.run()));
  work.catch(() => {});
  return {
    acknowledged: () => writers.map((writer) => writer.acknowledged),
    async stop() {
      for (const writer of writers) writer.stop();
      await work;
      return writers;
    },
  };
}

/** What `records` of an image contradict of what the writers were promised. */
export function brokenPromises(writers, records) {
  const topics = new Set(records.filter(({ type }) => type === 'TopicRecord').map(({ name }) => name));
  const retention = new Map(
    records
      .filter(({ type, name }) => type === 'ConfigRecord' && name === 'retention.ms')
      .map(({ resourceName, value }) => [resourceName, value]),
  );
  const broken = [];
  for (const { present, absent } of writers) {
    for (const [topic, value] of present)
      if (!topics.has(topic)) broken.push(`${topic} was acknowledged and is gone`);
      else if (retention.get(topic) !== value) broken.push(`${topic} has ${retention.get(topic)}, not ${value}`);
    for (const topic of absent) if (topics.has(topic)) broken.push(`${topic} was deleted or refused and is there`);
  }
  return broken;
}
