import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { milenaJson, startCluster } from '../cluster.mjs';
import { metadataOf, readAll } from '../clients/kcat.mjs';
import { judge, startLoad } from '../clients/load.mjs';
import { expect, spread, until } from '../process.mjs';

export const title = 'kill -9 of a leading broker to the first acknowledged write on the new leader';
export const needs = ['kcat', 'python'];

const topic = 'failover';
const partitions = 3;
const rounds = 20;
const boundMs = 30_000;

/** Time from the kill to the first acknowledgement of a record of that partition which was sent after the kill. */
async function oneRound(cluster, load) {
  const metadata = await metadataOf(cluster.bootstrap, topic);
  const { partition, leader } = metadata.topics[0].partitions[0];
  const killed = performance.now();
  // CLOCK_MONOTONIC is one clock for both processes: performance.timeOrigin does not enter.
  const killedOnMonotonic = Number(process.hrtime.bigint()) / 1e6;
  await cluster.kill9('broker', leader);
  const first = await until('a write acknowledged by the new leader', boundMs, () => {
    const row = load
      .rows()
      .find((each) => each.partition === partition && each.error === undefined && each.sent > killedOnMonotonic);
    return row?.done;
  });
  const leaderAfter = (await metadataOf(cluster.bootstrap, topic)).topics[0].partitions.find(
    (each) => each.partition === partition,
  ).leader;
  expect(
    leaderAfter !== leader,
    `broker ${leader} is dead and still shown as leader ${performance.now() - killed} ms later`,
  );
  cluster.restart('broker', leader);
  await cluster.inEveryIsr(topic, leader, boundMs);
  await delay(200);
  return first - killedOnMonotonic;
}

export async function run(note) {
  const cluster = await startCluster();
  let load;
  try {
    const address = ['--bootstrap-server', cluster.bootstrap];
    await milenaJson(
      'topic',
      'create',
      topic,
      '--partitions',
      `${partitions}`,
      '--replication-factor',
      '3',
      ...address,
    );
    load = await startLoad({ bootstrap: cluster.bootstrap, topic, partitions, rate: 300, folder: cluster.data });
    await delay(1_000);
    const took = [];
    for (let round = 0; round < rounds; round += 1) took.push(await oneRound(cluster, load));
    note(`failover: ${spread(took)} (goal: median 300 ms, worst 1 s)`);
    note(took.map((each) => Math.round(each)).join(' '));
    note(judge(await load.stop(), await readAll(cluster.bootstrap, topic)));
  } catch (error) {
    error.message += `\n${cluster.recentLog()}`;
    throw error;
  } finally {
    load?.kill();
    await cluster.stop();
  }
}
