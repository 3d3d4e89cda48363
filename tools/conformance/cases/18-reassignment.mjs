import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { milenaJson, startCluster } from '../cluster.mjs';
import { kafkaTool } from '../clients/kafka-tools.mjs';
import { metadataOf, readAll } from '../clients/kcat.mjs';
import { judge, startLoad } from '../clients/load.mjs';
import { expect, until } from '../process.mjs';

export const title = "Kafka's own tools move replicas, elect leaders and change features under load; nothing is lost";
export const needs = ['kcat', 'python', 'kafkaTools'];

const topic = 'moving';
const boundMs = 60_000;

/** The partitions of a topic as kcat sees them, by index: leader, replicas and ISR as ids. */
async function partitionsOf(cluster, name) {
  const { topics } = await metadataOf(cluster.bootstrap, name);
  const partitions = topics[0].partitions.map(({ partition, leader, replicas, isrs }) => ({
    partition,
    leader,
    replicas: replicas.map(({ id }) => id),
    isr: isrs.map(({ id }) => id).sort(),
  }));
  return partitions.sort((left, right) => left.partition - right.partition);
}

/** kafka-reassign-partitions with a plan: lists of brokers by partition. */
async function reassign(cluster, action, plan, ...args) {
  const partitions = Object.entries(plan).map(([partition, replicas]) => ({
    topic,
    partition: Number(partition),
    replicas,
  }));
  const file = join(cluster.data, 'plan.json');
  writeFileSync(file, JSON.stringify({ version: 1, partitions }));
  return await kafkaTool(
    'kafka-reassign-partitions',
    cluster.bootstrap,
    `--${action}`,
    '--reassignment-json-file',
    file,
    ...args,
  );
}

const underWay = (cluster) => kafkaTool('kafka-reassign-partitions', cluster.bootstrap, '--list');

async function create(cluster, name, replicas, ...args) {
  const assignment = replicas.map((ids) => ids.join(':')).join(',');
  const { bootstrap } = cluster;
  await kafkaTool('kafka-topics', bootstrap, '--create', '--topic', name, '--replica-assignment', assignment, ...args);
}

/** Moves all, adds and removes replicas at once, and waits until it is done. */
async function moves(cluster, [a, b, c, d]) {
  const plan = { 0: [d, b, c], 1: [b, c], 2: [a, b, c, d] };
  const executed = await reassign(cluster, 'execute', plan);
  expect(executed.includes('Successfully started partition reassignments'), `execute said:\n${executed}`);
  await until('the reassignments to complete', boundMs, async () =>
    (await underWay(cluster)).includes('No partition reassignments found'),
  );
  const verified = await reassign(cluster, 'verify', plan);
  for (const partition of Object.keys(plan)) {
    expect(verified.includes(`${topic}-${partition} is completed`), `verify said:\n${verified}`);
  }
  for (const { partition, leader, replicas, isr } of await partitionsOf(cluster, topic)) {
    const wanted = plan[partition];
    expect(replicas.join() === wanted.join(), `replicas of partition ${partition} are ${replicas}, not ${wanted}`);
    expect(isr.join() === [...wanted].sort().join(), `ISR of partition ${partition} is ${isr}`);
    expect(wanted.includes(leader), `partition ${partition} is led by ${leader}`);
  }
}

/** A target that is away keeps the reassignment under way, and it can be taken back. */
async function cancels(cluster, [a, b, c]) {
  const before = await partitionsOf(cluster, topic);
  await cluster.kill9('broker', a);
  await until(`broker ${a} to be fenced`, boundMs, async () => {
    const { brokers } = await metadataOf(cluster.bootstrap);
    return brokers.every(({ id }) => id !== a);
  });
  // Kafka's tool takes a fenced broker for one that does not exist.
  const placement = `1=${[a, b, c]}`;
  const begun = await milenaJson('topic', 'reassign', topic, placement, '--bootstrap-server', cluster.bootstrap);
  expect(begun[0]?.adding.join() === `${a}`, `milena topic reassign said ${JSON.stringify(begun)}`);
  const listed = await underWay(cluster);
  expect(listed.includes(`${topic}-1: replicas: ${a},${b},${c}. adding: ${a}.`), `list said:\n${listed}`);
  // Without this the tool goes on to clear throttles of the broker that is away, and waits for it.
  const cancelled = await reassign(cluster, 'cancel', { 1: [a, b, c] }, '--preserve-throttles');
  expect(cancelled.includes('Successfully cancelled partition reassignment'), `cancel said:\n${cancelled}`);
  const [, after] = await partitionsOf(cluster, topic);
  expect(after.replicas.join() === before[1].replicas.join(), `after the cancel replicas are ${after.replicas}`);
  expect((await underWay(cluster)).includes('No partition reassignments found'), 'something is still under way');
  cluster.restart('broker', a);
  await cluster.inEveryIsr(topic, a, boundMs);
}

/** The preferred leader comes back; a partition whose only in-sync replica is gone gets a leader because somebody says so. */
async function elections(cluster, [a, , , d]) {
  const elect = (...args) => kafkaTool('kafka-leader-election', cluster.bootstrap, '--election-type', ...args);
  await create(cluster, 'fragile', [[d, a]], '--config', 'min.insync.replicas=1');
  await create(cluster, 'careful', [[a, d]], '--config', 'min.insync.replicas=2');
  await cluster.kill9('broker', a);
  await until('fragile without its second replica', boundMs, async () => {
    const [{ isr }] = await partitionsOf(cluster, 'fragile');
    return isr.join() === `${d}`;
  });
  const described = await kafkaTool('kafka-topics', cluster.bootstrap, '--describe', '--topic', 'careful');
  expect(new RegExp(`Isr: ${d}\\s+Elr: ${a}\\s`).test(described), `describe said:\n${described}`);
  await cluster.kill9('broker', d);
  cluster.restart('broker', a);
  await cluster.inEveryIsr(topic, a, boundMs);
  const [lost] = await partitionsOf(cluster, 'fragile');
  expect(lost.leader === -1, `fragile is led by ${lost.leader} although only broker ${d} has its records`);
  const forced = await elect('unclean', '--topic', 'fragile', '--partition', '0');
  expect(forced.includes('Successfully completed leader election (UNCLEAN)'), `unclean said:\n${forced}`);
  const [found] = await partitionsOf(cluster, 'fragile');
  expect(found.leader === a, `fragile is led by ${found.leader}`);
  cluster.restart('broker', d);
  for (const name of [topic, 'fragile', 'careful']) await cluster.inEveryIsr(name, d, boundMs);
  await cluster.inEveryIsr('careful', a, boundMs);
  const [{ leader: stand }] = await partitionsOf(cluster, topic);
  expect(stand !== d, `broker ${d} leads partition 0 although it was away`);
  const preferred = await elect('preferred', '--all-topic-partitions');
  expect(preferred.includes('Successfully completed leader election (PREFERRED)'), `preferred said:\n${preferred}`);
  for (const { partition, leader, replicas } of await partitionsOf(cluster, topic)) {
    expect(leader === replicas[0], `partition ${partition} of ${replicas} is led by ${leader}`);
  }
}

async function features(cluster) {
  const tool = (...args) => kafkaTool('kafka-features', cluster.bootstrap, ...args);
  const feature = 'eligible.leader.replicas.version';
  const level = async () =>
    new RegExp(`Feature: ${feature}.*FinalizedVersionLevel: (\\d+)`).exec(await tool('describe'))?.[1];
  expect((await level()) === '1', `the finalized level of ${feature} is ${await level()}`);
  await tool('disable', '--feature', feature);
  expect((await level()) === '0', `after disabling, the finalized level of ${feature} is ${await level()}`);
  await tool('upgrade', '--feature', `${feature}=1`);
  expect((await level()) === '1', `after upgrading, the finalized level of ${feature} is ${await level()}`);
  const refused = await tool('upgrade', '--feature', 'metadata.version=999').catch((error) => error.message);
  expect(/Could not upgrade metadata.version|cannot|not.*support/i.test(refused), `an unknown level said:\n${refused}`);
}

export async function run(note) {
  const cluster = await startCluster({ brokers: 4 });
  let load;
  try {
    const ids = cluster.ids('broker');
    const [a, b, c, d] = ids;
    await create(cluster, topic, [
      [a, b, c],
      [b, c, a],
      [c, a, b],
    ]);
    load = await startLoad({ bootstrap: cluster.bootstrap, topic, partitions: 3, rate: 300, folder: cluster.data });
    await moves(cluster, ids);
    note(`replicas moved: ${load.describe()}`);
    await cancels(cluster, ids);
    note(`a move cancelled: ${load.describe()}`);
    await elections(cluster, ids);
    note(`leaders elected: ${load.describe()}`);
    await features(cluster);
    const logDirs = await kafkaTool('kafka-log-dirs', cluster.bootstrap, '--describe', '--broker-list', `${d}`);
    expect(logDirs.includes(`"partition":"${topic}-0"`), `kafka-log-dirs said:\n${logDirs}`);
    const listed = await milenaJson('topic', 'describe', topic, '--bootstrap-server', cluster.bootstrap);
    expect([listed].flat()[0].partitions.length === 3, 'milena does not describe three partitions');
    const acknowledgedRecords = await load.stop();
    note(judge(acknowledgedRecords, await readAll(cluster.bootstrap, topic)));
  } catch (error) {
    error.message += `\n${cluster.recentLog()}`;
    throw error;
  } finally {
    load?.kill();
    await cluster.stop();
  }
}
