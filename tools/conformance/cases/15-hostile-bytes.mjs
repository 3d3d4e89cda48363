import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { milenaJson, startCluster } from '../cluster.mjs';
import { adminCallers } from '../clients/admin-callers.mjs';
import { watchCommitted } from '../clients/committed-offsets.mjs';
import { attack } from '../clients/hostile.mjs';
import { startKazoo } from '../clients/kazoo.mjs';
import { readAll } from '../clients/kcat.mjs';
import { judge, startLoad } from '../clients/load.mjs';
import { footprint } from '../footprint.mjs';
import { expect, until } from '../process.mjs';

export const title =
  '10,000 connections of hostile bytes: everybody lives, other clients notice nothing, memory and descriptors come back';
export const needs = ['kcat', 'python', 'grpcurl'];

const topic = 'unbothered';
const connections = 10_000;
const calmWithinMs = 30_000;
const rssGrowthMib = 32;
/** An acknowledgement may wait for a processor that is busy refusing nonsense, not for anything else. */
const ackWithinMs = 5_000;

/** Every port of the cluster, by what is spoken on it. */
function targets(cluster) {
  const kinds = { PLAINTEXT: 'kafka', ZOOKEEPER: 'zookeeper', HTTP: 'http', monitor: 'http' };
  return cluster.ready.processes.flatMap(({ listeners }) =>
    Object.entries(listeners).map(([name, address]) => {
      const [host, port] = address.split(':');
      return { kind: kinds[name] ?? 'grpc', host, port: Number(port) };
    }),
  );
}

const footprints = (cluster) =>
  cluster.ready.processes.map(({ role, id }) => ({ name: `${role} ${id}`, ...footprint(cluster.pid(role, id)) }));

/** What is above what it was, as sentences. */
function above(baseline, now) {
  return now.flatMap(({ name, rssMib, descriptors }, index) => {
    const before = baseline[index];
    const grown = rssMib - before.rssMib;
    return [
      ...(grown > rssGrowthMib ? [`${name}: RSS from ${Math.round(before.rssMib)} to ${Math.round(rssMib)} MiB`] : []),
      ...(descriptors > before.descriptors ? [`${name}: ${before.descriptors} descriptors, now ${descriptors}`] : []),
    ];
  });
}

/** Admin calls, one after the other, until stopped; the worst duration. */
function keepCalling(call) {
  let isStopped = false;
  let worstMs = 0;
  const calling = (async () => {
    while (!isStopped) {
      const started = performance.now();
      await call('TopicService/GetTopic', { name: `topics/${topic}` });
      worstMs = Math.max(worstMs, performance.now() - started);
      await delay(100);
    }
  })();
  calling.catch(() => {}); // told by stop()
  return { stop: async () => ((isStopped = true), await calling, worstMs) };
}

/**
 * Has the topic of groups made before anything is counted: now and then a hostile request happens to be a good one and asks
 * for a coordinator, and fifty partitions that came to stay are no leak.
 */
async function makeOffsetsTopic(cluster) {
  const watched = watchCommitted({ bootstrap: cluster.bootstrap, topic, group: 'nobody' });
  await watched.fresh();
  await watched.stop();
  for (const broker of cluster.ids('broker')) await cluster.inEveryIsr('__consumer_offsets', broker, 15_000);
}

export async function run(note) {
  const cluster = await startCluster({ gateways: 1, shims: 2, set: ['auto.create.topics.enable=false'] });
  const open = [];
  try {
    const at = ['--bootstrap-server', cluster.bootstrap];
    await milenaJson('topic', 'create', topic, '--partitions', '6', '--replication-factor', '3', ...at);
    await makeOffsetsTopic(cluster);
    const load = await startLoad({
      bootstrap: cluster.bootstrap,
      topic,
      partitions: 6,
      rate: 200,
      folder: cluster.data,
    });
    open.push(load);
    const kazoos = [];
    for (const id of cluster.ids('zookeeper')) {
      const kazoo = await startKazoo(cluster.listener('zookeeper', id, 'ZOOKEEPER'));
      open.push(kazoo);
      kazoos.push(kazoo);
      // a shim's first sync opens a connection to the leader, which stays
      await kazoo.result('sync', '/');
    }
    const http = cluster.listener('gateway', cluster.ids('gateway')[0], 'HTTP');
    const calls = keepCalling(adminCallers['JSON over HTTP']({ http }));
    await until('the load to run', 15_000, () => load.rows().length > 1_000);
    const baseline = footprints(cluster);

    const seed = randomInt(2 ** 31);
    const outcome = await attack({ targets: targets(cluster), connections, seconds: 120, seed });
    note(`attack: ${JSON.stringify(outcome)}`);
    expect(outcome.connections === connections, `only ${outcome.connections} connections in time (seed ${seed})`);
    for (const { role, id } of cluster.ready.processes) expect(cluster.isAlive(role, id), `${role} ${id} is gone`);

    note(`worst admin call meanwhile: ${Math.round(await calls.stop())} ms`);
    for (const kazoo of kazoos) {
      await kazoo.result('children', '/brokers/ids');
      expect(`${kazoo.connections}` === 'CONNECTED', `kazoo noticed: ${kazoo.connections}`);
    }
    const rows = await load.stop();
    const failed = rows.filter(({ error }) => error !== undefined);
    expect(failed.length === 0, `${failed.length} records failed, as ${JSON.stringify(failed[0])}`);
    const slowest = Math.max(...rows.map(({ sent, done }) => done - sent));
    expect(slowest < ackWithinMs, `a record was acknowledged after ${Math.round(slowest)} ms`);
    note(`${judge(rows, await readAll(cluster.bootstrap, topic))}; slowest acknowledgement ${Math.round(slowest)} ms`);

    const over = performance.now();
    let worst = footprints(cluster);
    await until('memory and descriptors to come back', calmWithinMs, () => {
      worst = footprints(cluster);
      return above(baseline, worst).length === 0 ? true : undefined;
    }).catch((error) => {
      error.message += ` (seed ${seed})\n${above(baseline, worst).join('\n')}`;
      throw error;
    });
    const growth = worst.map(({ rssMib }, index) => rssMib - baseline[index].rssMib);
    note(
      `back after ${Math.round(performance.now() - over)} ms; RSS grew by at most ${Math.round(Math.max(...growth))} MiB`,
    );
  } catch (error) {
    error.message += `\n${cluster.recentLog()}`;
    throw error;
  } finally {
    for (const each of open) each.kill();
    await cluster.stop();
  }
}
