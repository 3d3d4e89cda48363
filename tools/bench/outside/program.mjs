// Everybody outside of the quorum in one process: brokers that register and heartbeat but keep no logs, administrators who
// create topics, and, given a folder, an observer of the metadata log. Takes commands as JSON lines on stdin, answers each
// with one on stdout.    node outside.mjs CLUSTER_ID CONTROLLERS [FOLDER]
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { createTopicsRpc } from '@milena/cluster-protocol';
import { createNodePlatform } from '@milena/platform-node';
import { noMeter, noTracer, silentLogger } from '@milena/platform';
import { createActiveControllerChannel } from '@milena/raft-driver';
import { createGrpcConnector } from '@milena/rpc';
import { startObserver } from './observer.mjs';
import { GrpcCaller } from './grpc-caller.mjs';
import { LoglessBrokers } from './logless-brokers.mjs';
import { cutOff, portsOf } from './network-cut.mjs';

const [clusterId, controllers, folder] = process.argv.slice(2);
const principal = 'User:bench';
/** How long it calls before something happens: a controller that came back has answered many calls by then. */
const warmUpMs = 1_000;
/** How long one controller may be silent before an administrator asks it again; the others are asked meanwhile. */
const askAgainMs = 5_000;

const platform = createNodePlatform({ logger: silentLogger, tracer: noTracer, meter: noMeter });
const connector = createGrpcConnector(platform);
const endpoints = controllers.split(',').map((each) => {
  const [host, port] = each.split(':');
  return { host, port: Number(port) };
});
const observer =
  folder === undefined ? undefined : await startObserver({ platform, connector, clusterId, folder, endpoints });
const metadataLog = observer?.metadataLog ?? { leader: () => ({ leaderId: undefined, epoch: 0 }) };
const anyController = createActiveControllerChannel({ platform, connector, metadataLog, bootstrap: endpoints });
const channels = endpoints.map((endpoint) => new GrpcCaller(endpoint));

async function call(channel, rpc, request, timeoutMs) {
  const options = channel === anyController ? timeoutMs : { timeoutMs };
  const outcome = await channel.unary(rpc.method, rpc.encodeRequest(request), options);
  return outcome.ok ? rpc.decodeResponse(outcome.value) : outcome;
}

const brokers = new LoglessBrokers({
  platform,
  principal,
  clusterId,
  ask: (rpc, request) => call(anyController, rpc, request, 5_000),
  // Without an observer they have nothing to catch up with.
  appliedOffset: () => observer?.appliedOffset ?? 2 ** 40,
});

let serial = 0;
const run = process.pid.toString(36);
const newName = () => `topic-${run}-${serial++}`;

/** Asks for a topic once; the error's name, NONE when it was created, undefined without an answer. */
async function create(channel, { name = newName(), width = 1, replicationFactor = 1, timeoutMs = askAgainMs } = {}) {
  const topic = { name, partitions: width, replicationFactor, assignments: [], configs: [] };
  const request = { principal, topics: [topic], validateOnly: false, timeoutMs: 60_000 };
  const answer = await call(channel, createTopicsRpc, request, timeoutMs);
  const result = answer.topics?.[0]?.result;
  return result?.ok === true ? 'NONE' : result?.error.code;
}

/** Creates one topic, asking again every millisecond until it is there. */
async function createAtLast(options) {
  const [name, started] = [newName(), performance.now()];
  for (let refusals = 0; refusals < 5_000; refusals += 1) {
    const error = await create(anyController, { ...options, name, timeoutMs: 60_000 });
    if (error === 'NONE' || error === 'TOPIC_ALREADY_EXISTS') return { ms: performance.now() - started, refusals };
    await delay(1);
  }
  throw new Error(`topic ${name} cannot be created`);
}

let isCalling = false;
let onCommitted = () => {};

/** Creates topics at one controller: at once the next after one that is committed, after a millisecond when not. */
async function callWithoutPause(index) {
  while (isCalling) {
    if ((await create(channels[index])) === 'NONE') onCommitted(index);
    else await delay(1);
  }
}

async function until(isSo) {
  const started = performance.now();
  while (!isSo()) await delay(1);
  return performance.now() - started;
}

/** What happens to a controller: a signal, or `cut`. Gives the way back where there is one. */
function disturb(pid, how) {
  if (how === 'cut') return cutOff(portsOf(pid));
  process.kill(pid, how);
  return how === 'SIGSTOP' ? () => process.kill(pid, 'SIGCONT') : undefined;
}

const commands = {
  async brokers({ count, firstId = 1001 }) {
    await brokers.start(count, firstId);
    await createAtLast();
  },
  create: createAtLast,
  async load({ partitions, width, replicationFactor }) {
    for (let made = 0; made < partitions; made += width) await createAtLast({ width, replicationFactor });
  },
  /** Waits until the observer has seen that many partitions. */
  seen: async ({ partitions }) => ({ ms: await until(() => observer.partitions >= partitions) }),
  /** A broker stops in an orderly way. */
  async shutDown({ brokerId }) {
    const leaderships = observer.ledBy(brokerId);
    const mayStop = brokers.shutDown(brokerId);
    const movedMs = await until(() => observer.ledBy(brokerId) === 0);
    return { leaderships, movedMs, mayStopMs: movedMs + (await until(mayStop)) };
  },
  /** A broker falls silent; told from the first leadership that moves, because before that only the session timeout counts. */
  async crash({ brokerId }) {
    const leaderships = observer.ledBy(brokerId);
    brokers.crash(brokerId);
    const noticedMs = await until(() => observer.ledBy(brokerId) < leaderships);
    return { leaderships, noticedMs, movedMs: await until(() => observer.ledBy(brokerId) === 0) };
  },
  /**
   * Sends the process of controller `index` a signal, or cuts it off, while calls go on; the time until another controller
   * has committed one. Who was stopped or cut off comes back, and must not have done what it was asked meanwhile.
   */
  async fail({ pid, how, index, withinMs }) {
    isCalling = true;
    const loops = endpoints.map((_, each) => callWithoutPause(each));
    await delay(warmUpMs);
    const started = performance.now();
    const committed = new Promise((resolve) => {
      onCommitted = (by) => (by === index ? undefined : resolve({ ms: performance.now() - started }));
    });
    const comeBack = disturb(pid, how);
    const zombie = comeBack === undefined ? undefined : newName();
    const late = zombie === undefined ? undefined : create(channels[index], { name: zombie, timeoutMs: 60_000 });
    const outcome = await Promise.race([committed, delay(withinMs, { ms: Infinity })]);
    isCalling = false;
    if (zombie === undefined) {
      await Promise.all(loops);
      return outcome;
    }
    comeBack();
    await Promise.all(loops);
    // What it was asked while it was away must not have come to anything: the name is free.
    const isRefused = (await late) !== 'NONE';
    return {
      ...outcome,
      isRefused,
      isFree: (await create(anyController, { name: zombie, timeoutMs: 60_000 })) === 'NONE',
    };
  },
};

for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => process.exit(1));
// Whoever asked is gone, maybe in the middle of a cut.
process.stdin.once('end', () => process.exit(0));

for await (const line of createInterface({ input: process.stdin })) {
  const { command, ...rest } = JSON.parse(line);
  process.stdout.write(`${JSON.stringify((await commands[command](rest)) ?? {})}\n`);
}
process.exit(0);
