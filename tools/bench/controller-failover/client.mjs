// The client of the failover bench, a process of its own: brokers that register and heartbeat but keep no logs, and a caller
// who creates topics at every controller without pause. Takes commands as JSON lines on stdin, answers each on stdout.
//   node client.mjs CLUSTER_ID CONTROLLERS
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { brokerHeartbeatRpc, createTopicsRpc, registerBrokerRpc } from '@milena/cluster-protocol';
import { SUPPORTED_FEATURES } from '@milena/metadata';
import { randomUuid } from '@milena/model';
import { noMeter, noTracer, silentLogger } from '@milena/platform';
import { createNodePlatform } from '@milena/platform-node';
import { createActiveControllerChannel } from '@milena/raft-driver';
import { createGrpcConnector } from '@milena/rpc';

const [clusterId, controllers] = process.argv.slice(2);
const principal = 'User:bench';
/** How long one controller may be silent before the caller asks it again; the others are asked meanwhile. */
const askAgainMs = 5_000;
/** Beyond every offset of the log: these brokers have nothing to catch up with. */
const caughtUp = 2 ** 40;

const platform = createNodePlatform({ logger: silentLogger, tracer: noTracer, meter: noMeter });
const connector = createGrpcConnector(platform);
const endpoints = controllers.split(',').map((each) => {
  const [host, port] = each.split(':');
  return { host, port: Number(port) };
});
const metadataLog = { leader: () => ({ leaderId: undefined, epoch: 0 }) };
const anyController = createActiveControllerChannel({ platform, connector, metadataLog, bootstrap: endpoints });
const channels = endpoints.map((endpoint) => connector.connect(endpoint, 'bench'));

async function call(channel, rpc, request, timeoutMs) {
  const options = channel === anyController ? timeoutMs : { timeoutMs };
  const outcome = await channel.unary(rpc.method, rpc.encodeRequest(request), options);
  return outcome.ok ? rpc.decodeResponse(outcome.value) : outcome;
}

async function startBroker(brokerId) {
  // Whoever refuses connections is fenced at once: somebody must be at home.
  const home = createServer((socket) => socket.on('error', () => {}));
  await new Promise((resolve) => home.listen(0, '127.0.0.1', resolve));
  const { port } = home.address();
  const registration = {
    principal,
    clusterId,
    brokerId,
    incarnationId: randomUuid((size) => platform.random.bytes(size)),
    listeners: ['PLAINTEXT', 'INTERNAL'].map((name) => ({
      name,
      host: '127.0.0.1',
      port,
      securityProtocol: 'PLAINTEXT',
    })),
    features: SUPPORTED_FEATURES,
    logDirectories: [randomUuid((size) => platform.random.bytes(size))],
    previousBrokerEpoch: -1,
  };
  let registered;
  while (registered?.ok !== true) {
    registered = await call(anyController, registerBrokerRpc, registration, 5_000);
    if (!registered.ok) await delay(100);
  }
  void heartbeats(brokerId, registered.value.brokerEpoch);
}

async function heartbeats(brokerId, brokerEpoch) {
  const wants = { wantFence: false, wantShutDown: false, offlineLogDirectories: [] };
  for (;;) {
    const beat = { principal, brokerId, brokerEpoch, currentMetadataOffset: caughtUp, ...wants };
    await call(anyController, brokerHeartbeatRpc, beat, 5_000);
    await delay(1_000);
  }
}

let serial = 0;
const run = process.pid.toString(36);

/** Asks one controller for a topic; true when it answers that the topic is there. */
async function create(channel, { width = 1, name = `topic-${run}-${serial++}`, timeoutMs = askAgainMs } = {}) {
  const topic = { name, partitions: width, replicationFactor: 1, assignments: [], configs: [] };
  const request = { principal, topics: [topic], validateOnly: false, timeoutMs: 60_000 };
  const answer = await call(channel, createTopicsRpc, request, timeoutMs);
  const result = answer.topics?.[0]?.result ?? answer.topics?.[0];
  return result?.ok === true;
}

async function createSomewhere(options) {
  for (let tries = 0; !(await create(anyController, { ...options, timeoutMs: 60_000 })); tries += 1) {
    if (tries === 100) throw new Error('no topic can be created');
    await delay(100);
  }
}

let isCalling = false;
let onCommitted = () => {};

/** Creates topics at one controller: at once the next after one that is committed, after a millisecond when not. */
async function callWithoutPause(index) {
  while (isCalling) {
    if (await create(channels[index])) onCommitted(index);
    else await delay(1);
  }
}

const commands = {
  async brokers({ count }) {
    await Promise.all(Array.from({ length: count }, (_, index) => startBroker(1001 + index)));
    await createSomewhere();
  },
  async load({ partitions, width }) {
    for (let made = 0; made < partitions; made += width) await createSomewhere({ width });
  },
  /** Signals the process of controller `index` while calls go on; the time until another controller has committed one. */
  async fail({ pid, signal, index, withinMs }) {
    isCalling = true;
    const loops = endpoints.map((_, each) => callWithoutPause(each));
    await delay(300);
    const started = performance.now();
    const committed = new Promise((resolve) => {
      onCommitted = (by) => (by === index ? undefined : resolve({ ms: performance.now() - started }));
    });
    process.kill(pid, signal);
    const zombie = signal === 'SIGSTOP' ? { name: `zombie-${run}-${serial++}` } : undefined;
    const late = zombie === undefined ? undefined : create(channels[index], { ...zombie, timeoutMs: 60_000 });
    const outcome = await Promise.race([committed, delay(withinMs, { ms: Infinity })]);
    isCalling = false;
    if (zombie === undefined) {
      await Promise.all(loops);
      return outcome;
    }
    process.kill(pid, 'SIGCONT');
    await Promise.all(loops);
    // What it was asked while it slept must not have come to anything: the name is free.
    const isRefused = !(await late);
    return { ...outcome, isRefused, isFree: await create(anyController, { ...zombie, timeoutMs: 60_000 }) };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { command, ...rest } = JSON.parse(line);
  process.stdout.write(`${JSON.stringify((await commands[command](rest)) ?? {})}\n`);
}
process.exit(0);
