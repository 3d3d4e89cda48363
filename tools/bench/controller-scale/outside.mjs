// Everybody outside of the quorum in one process: brokers that register and heartbeat but keep no logs, an administrator who
// creates topics, and an observer of the metadata log. Takes commands as JSON lines on stdin, answers each with one on stdout.
//   node outside.cjs CLUSTER_ID CONTROLLERS FOLDER
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { brokerHeartbeatRpc, createTopicsRpc, registerBrokerRpc } from '@milena/cluster-protocol';
import { SUPPORTED_FEATURES } from '@milena/metadata';
import { MetadataFollower } from '@milena/metadata-follower';
import { randomUuid } from '@milena/model';
import { noMeter, noTracer, silentLogger } from '@milena/platform';
import { createNodePlatform } from '@milena/platform-node';
import {
  createActiveControllerChannel,
  createRaftDriver,
  formatStorage,
  readMetaProperties,
} from '@milena/raft-driver';
import { createGrpcConnector } from '@milena/rpc';

const [clusterId, controllers, folder] = process.argv.slice(2);
const principal = 'User:bench';
const heartbeatMs = 1000;

const logger = silentLogger;
const platform = createNodePlatform({ logger, tracer: noTracer, meter: noMeter });
const connector = createGrpcConnector(platform);
const bootstrapServers = controllers.split(',').map((each) => {
  const [host, port] = each.split(':');
  return { host, port: Number(port) };
});

await formatStorage({
  platform,
  logFolders: [folder],
  metadataLogFolder: folder,
  clusterId,
  nodeId: 999,
  voters: { kind: 'none' },
});
const { directoryId } = readMetaProperties(platform.disk, folder);
const metadataLog = createRaftDriver({
  platform,
  nodeId: 999,
  directoryId,
  clusterId,
  role: 'observer',
  logFolder: folder,
  connector,
  bootstrapServers,
  onFatal(error) {
    throw error;
  },
});

/** Leaderships by broker, and all partitions, kept up by what each delta changed. */
const led = new Map();
let partitions = 0;
let appliedOffset = -1;
const count = (broker, by) => led.set(broker, (led.get(broker) ?? 0) + by);
const follower = new MetadataFollower({
  platform,
  metadataLog,
  publish(delta, image, at) {
    for (const [topicId, indexes] of delta.changedTopics) {
      for (const index of indexes) {
        const before = delta.base.partition(topicId, index);
        if (before === undefined) partitions += 1;
        else count(before.leader, -1);
        count(image.partition(topicId, index).leader, 1);
      }
    }
    appliedOffset = at.lastOffset;
  },
});
follower.start();
await metadataLog.start();
const channel = createActiveControllerChannel({ platform, connector, metadataLog, bootstrap: bootstrapServers });

async function call(rpc, request, timeoutMs) {
  const outcome = await channel.unary(rpc.method, rpc.encodeRequest(request), timeoutMs);
  return outcome.ok ? rpc.decodeResponse(outcome.value) : outcome;
}

const brokers = new Map();

async function startBroker(brokerId) {
  // Whoever refuses connections is fenced at once: somebody must be at home.
  const home = createServer((socket) => socket.on('error', () => {}));
  await new Promise((resolve) => home.listen(0, '127.0.0.1', resolve));
  const broker = { epoch: -1, wantShutDown: false, isSilent: false, mayStop: false, home };
  brokers.set(brokerId, broker);
  const registration = {
    principal,
    clusterId,
    brokerId,
    incarnationId: randomUuid((size) => platform.random.bytes(size)),
    listeners: ['PLAINTEXT', 'INTERNAL'].map((name) => ({
      name,
      host: '127.0.0.1',
      port: home.address().port,
      securityProtocol: 'PLAINTEXT',
    })),
    features: SUPPORTED_FEATURES,
    logDirectories: [randomUuid((size) => platform.random.bytes(size))],
    previousBrokerEpoch: -1,
  };
  for (let registered; registered?.ok !== true;) {
    registered = await call(registerBrokerRpc, registration, 5_000);
    if (registered.ok) broker.epoch = registered.value.brokerEpoch;
    else await delay(100);
  }
  void heartbeats(brokerId, broker);
}

async function heartbeats(brokerId, broker) {
  while (!broker.isSilent && !broker.mayStop) {
    const beat = await call(
      brokerHeartbeatRpc,
      {
        principal,
        brokerId,
        brokerEpoch: broker.epoch,
        currentMetadataOffset: appliedOffset,
        wantFence: false,
        wantShutDown: broker.wantShutDown,
        offlineLogDirectories: [],
      },
      5_000,
    );
    broker.mayStop = beat.ok && beat.value.shouldShutDown;
    await delay(broker.wantShutDown ? 20 : heartbeatMs);
  }
}

async function until(isSo) {
  const started = performance.now();
  while (!isSo()) await delay(1);
  return performance.now() - started;
}

let topicSerial = 0;

/** Creates one topic, asking again every millisecond until it is there; says how long that took and the refusals. */
async function create(width, replicationFactor) {
  const topic = { name: `topic-${topicSerial++}`, partitions: width, replicationFactor, assignments: [], configs: [] };
  const started = performance.now();
  for (let refusals = 0; ; refusals += 1) {
    const answer = await call(
      createTopicsRpc,
      { principal, topics: [topic], validateOnly: false, timeoutMs: 60_000 },
      60_000,
    );
    const result = answer.topics?.[0]?.result ?? answer.topics?.[0];
    if (result?.ok === true || result?.error?.code === 'TOPIC_ALREADY_EXISTS') {
      return { ms: performance.now() - started, refusals };
    }
    if (refusals === 5_000) throw new Error(`cannot create ${topic.name}: ${JSON.stringify(answer)}`);
    await delay(1);
  }
}

const commands = {
  async brokers({ count: wanted, firstId }) {
    await Promise.all(Array.from({ length: wanted }, (_, index) => startBroker(firstId + index)));
    await delay(2 * heartbeatMs);
  },
  create: ({ width, replicationFactor }) => create(width, replicationFactor),
  /** Waits until the observer has seen that many partitions. */
  seen: async ({ partitions: wanted }) => ({ ms: await until(() => partitions >= wanted) }),
  async shutDown({ brokerId }) {
    const broker = brokers.get(brokerId);
    const leaderships = led.get(brokerId);
    broker.wantShutDown = true;
    const movedMs = await until(() => led.get(brokerId) === 0);
    return { leaderships, movedMs, mayStopMs: movedMs + (await until(() => broker.mayStop)) };
  },
  /** The broker falls silent; told from the first leadership that moves, because before that only the session timeout counts. */
  async crash({ brokerId }) {
    const broker = brokers.get(brokerId);
    broker.isSilent = true;
    broker.home.close();
    const leaderships = led.get(brokerId);
    const noticedMs = await until(() => led.get(brokerId) < leaderships);
    return { leaderships, noticedMs, movedMs: await until(() => led.get(brokerId) === 0) };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { command, ...rest } = JSON.parse(line);
  process.stdout.write(`${JSON.stringify((await commands[command](rest)) ?? {})}\n`);
}
process.exit(0);
