import { milenaJson, startCluster } from '../cluster.mjs';
import { watchCommitted } from '../clients/committed-offsets.mjs';
import { memberClients, shared, startMember } from '../clients/group-member.mjs';
import { kafkaTool, table } from '../clients/kafka-tools.mjs';
import { metadataOf } from '../clients/kcat.mjs';
import { startLoad } from '../clients/load.mjs';
import { commitsInLog, coordinatorOf } from '../clients/offsets-topic.mjs';
import { expect, run as runCommand, spread, until } from '../process.mjs';

export const title =
  'groups by kafkajs, @platformatic/kafka and kcat: shared, rebalanced, resumed after kills and restarts; Kafka tools agree';
export const needs = ['kcat', 'python', 'kafkaTools'];

const partitions = 6;
const clients = Object.keys(memberClients);
const settleMs = 120_000;

/** One client's group with its topic, load, members and watcher. */
async function startGroup(cluster, client) {
  const { bootstrap, data } = cluster;
  const [topic, group] = [`topic-${client}`, `group-${client}`];
  const counts = ['--partitions', `${partitions}`, '--replication-factor', '3'];
  await milenaJson('topic', 'create', topic, ...counts, '--bootstrap-server', bootstrap);
  const load = await startLoad({ bootstrap, topic, partitions, producer: client, rate: 60, folder: data });
  const watched = watchCommitted({ bootstrap, topic, group });
  const everybody = [];
  const join = () => {
    const member = startMember(client, { bootstrap, topic, group });
    everybody.push(member);
    return member;
  };
  return { client, topic, group, load, watched, everybody, join, members: [] };
}

/** Every partition has a commit past where it stood when this was called. */
async function movesOn({ client, load, watched, members }, timeoutMs) {
  const before = await watched.fresh();
  const started = performance.now();
  const behind = () =>
    Array.from({ length: partitions }, (_, partition) => partition).filter(
      (partition) => (watched.now().get(partition) ?? -1) <= (before.get(partition) ?? -1),
    );
  await until(`${client}: commits of every partition to move on`, timeoutMs, () => behind().length === 0).catch(
    (error) => {
      const views = members.map(
        ({ assigned, records, ended, said }) => `[${assigned}], ${records.length} records ${ended ?? ''}\n${said}`,
      );
      error.message += `\nnot those of ${behind()}, committed is ${JSON.stringify([...watched.now()])}, ${watched.describe()}`;
      error.message += `\nthe load ${load.describe()}; members have ${views.join('\n---\n')}`;
      throw error;
    },
  );
  return performance.now() - started;
}

/** Two members share, one leaves and the other has all, another joins and they share again. */
async function shareAndRebalance(each) {
  each.members = [each.join(), each.join()];
  await shared(each.members, partitions, settleMs);
  await movesOn(each, settleMs);
  await each.members[0].stop();
  each.members = [each.members[1]];
  await shared(each.members, partitions, settleMs);
  each.members.push(each.join());
  await shared(each.members, partitions, settleMs);
  await movesOn(each, settleMs);
}

/** Kills the coordinator of every group, one broker after the other. */
async function killCoordinators(cluster, groups, note) {
  const took = new Map(groups.map((each) => [each, []]));
  const orphaned = new Set();
  for (const each of groups) {
    if (orphaned.has(each)) continue;
    const broker = await coordinatorOf(cluster, each.group);
    for (const other of groups) if ((await coordinatorOf(cluster, other.group)) === broker) orphaned.add(other);
    await cluster.kill9('broker', broker);
    await Promise.all(groups.map(async (other) => took.get(other).push(await movesOn(other, settleMs))));
    const successor = await coordinatorOf(cluster, each.group);
    expect(successor !== broker, `${each.client}: broker ${broker} is dead and still shown as the coordinator`);
    cluster.restart('broker', broker);
    for (const { topic } of groups) await cluster.inEveryIsr(topic, broker, 30_000);
    await cluster.inEveryIsr('__consumer_offsets', broker, 30_000);
  }
  for (const { members } of groups) await shared(members, partitions, settleMs);
  for (const [{ client }, each] of took)
    note(`${client}: every partition committed again after kill -9 of a coordinator: ${spread(each)}`);
}

/** Members leave, every process restarts, new members begin exactly where the old ones had committed. */
async function restartAndResume(cluster, groups, note) {
  await Promise.all(groups.flatMap(({ members }) => members.map((member) => member.stop())));
  const left = new Map();
  for (const each of groups) left.set(each, await each.watched.fresh());
  const started = performance.now();
  await cluster.restartAll('SIGTERM');
  note(`all processes stopped and back after ${Math.round(performance.now() - started)} ms`);
  for (const each of groups) each.members = [each.join(), each.join()];
  for (const each of groups) {
    await shared(each.members, partitions, settleMs);
    await movesOn(each, settleMs);
    const first = new Map();
    for (const { partition, offset } of each.members.flatMap(({ records }) => records))
      first.set(partition, Math.min(offset, first.get(partition) ?? Infinity));
    for (const [partition, offset] of left.get(each))
      expect(
        first.get(partition) === offset,
        `${each.client}: partition ${partition} resumed at ${first.get(partition)}, committed was ${offset}`,
      );
  }
}

/** End offset of each partition, as librdkafka asks for it. */
async function endOffsets(bootstrap, topic) {
  const asked = Array.from({ length: partitions }, (_, partition) => ['-t', `${topic}:${partition}:-1`]).flat();
  const { stdout } = await runCommand('kcat', ['-b', bootstrap, '-Q', ...asked]);
  return new Map([...stdout.matchAll(/\[(\d+)\] offset (\d+)/g)].map(([, partition, end]) => [+partition, +end]));
}

/**
 * kcat 1.7.1 throws away a record that it polled after it was told to end, when librdkafka has already taken it as consumed
 * (kcat.c, consume_cb): of each member that left, the one record after its last may never be printed.
 */
function droppedInLeaving({ client, everybody }, { partition, offset }) {
  if (client !== 'kcat') return false;
  const last = ({ records }) => records.findLast((row) => row.partition === partition)?.offset;
  return everybody.some((member) => member.hasLeft && last(member) === offset - 1);
}

/** Who was given the records next to one that nobody was given. */
function around({ everybody }, { partition, offset, value }) {
  const near = (row) => row.partition === partition && Math.abs(row.offset - offset) <= 3;
  const given = everybody.map(({ records, assigned }, index) => {
    const rows = records.filter(near).map((row) => `${row.offset} as its ${records.indexOf(row)}th`);
    return `member ${index} of [${assigned}], ${records.length} records: ${rows.join(', ') || 'none of these'}`;
  });
  return [`${value}, partition ${partition}, offset ${offset}`, ...given].join('\n');
}

/**
 * No answer went back to an offset committed earlier, unless a member committed it again: @platformatic/kafka repeats a commit
 * that failed once it has joined again, in the new generation, though another member may have gone on meanwhile.
 */
async function backwardsOnlyByCommits(cluster, { client, group, topic, watched }) {
  const { backwards } = watched;
  if (backwards.length === 0) return;
  const said = `committed offsets of ${group} went backwards: ${JSON.stringify(backwards)}`;
  expect(client === 'platformatic', said);
  const commits = await commitsInLog(cluster, { group, topic });
  for (const { partition, from, to } of backwards) {
    const offsets = commits.filter((each) => each.partition === partition).map(({ offset }) => offset);
    const wasCommittedAgain = offsets.includes(from) && offsets.lastIndexOf(to) > offsets.indexOf(from);
    expect(wasCommittedAgain, `${said}; the log of partition ${partition} has ${offsets.slice(-200)}`);
  }
}

/** The load ends, the group commits everything, and every acknowledged record has reached a member. */
async function drain(cluster, each, note) {
  const rows = (await each.load.stop()).filter(({ error }) => error === undefined);
  const ends = await endOffsets(cluster.bootstrap, each.topic);
  await until(`${each.client}: everything to be committed`, settleMs, () =>
    [...ends].every(([partition, end]) => each.watched.now().get(partition) === end),
  );
  const delivered = each.everybody.flatMap(({ records }) => records.map(({ value }) => value));
  const distinct = new Set(delivered);
  const missing = rows.filter((row) => !distinct.has(row.value) && !droppedInLeaving(each, row));
  if (missing.length > 0)
    throw new Error(`${each.client}: ${missing.length} never delivered, as ${around(each, missing[0])}`);
  await backwardsOnlyByCommits(cluster, each);
  note(`${each.client}: ${rows.length} acknowledged, ${delivered.length} delivered, ${distinct.size} different`);
  return ends;
}

/** What kafka-consumer-groups says of all the groups at once. */
async function toolsOfGroups({ bootstrap }, groups, ends) {
  const all = groups.flatMap(({ group }) => ['--group', group]);
  const tool = (...args) => kafkaTool('kafka-consumer-groups', bootstrap, '--describe', ...all, ...args);
  const offsets = table(await tool(), 'CURRENT-OFFSET');
  const states = await tool('--state');
  for (const each of groups) {
    const { group, topic, members } = each;
    const rows = offsets.filter((row) => row.GROUP === group);
    expect(rows.length === partitions, `kafka-consumer-groups shows ${rows.length} partitions of ${group}`);
    for (const row of rows) {
      const end = `${ends.get(each).get(Number(row.PARTITION))}`;
      expect(
        row.TOPIC === topic && row['CURRENT-OFFSET'] === end && row['LOG-END-OFFSET'] === end && row.LAG === '0',
        `kafka-consumer-groups of ${group}: ${JSON.stringify(row)}, the end is ${end}`,
      );
    }
    const consumers = new Set(rows.map((row) => row['CONSUMER-ID']));
    expect(consumers.size === members.length, `kafka-consumer-groups shows ${[...consumers]} in ${group}`);
    const state = states.split('\n').find((text) => text.includes(group)) ?? '';
    expect(/Stable +2\b/.test(state), `kafka-consumer-groups --state of ${group}:\n${states}`);
  }
}

async function toolsOfTopicsAndConfigs(cluster, topic) {
  const tool = (name, ...args) => kafkaTool(name, cluster.bootstrap, ...args);
  const described = await tool('kafka-topics', '--describe', '--topic', topic);
  const { topics } = await metadataOf(cluster.bootstrap, topic);
  for (const { partition, leader, replicas, isrs } of topics[0].partitions) {
    const line = described.split('\n').find((each) => new RegExp(`Partition: ${partition}\\s`).test(each)) ?? '';
    const shown = (name) => new RegExp(`${name}: ([\\d,]+)`).exec(line)?.[1];
    const sorted = (ids) => [...ids].sort((left, right) => left - right).join();
    expect(
      shown('Leader') === `${leader}` &&
        shown('Replicas') === replicas.map(({ id }) => id).join() &&
        sorted((shown('Isr') ?? '').split(',')) === sorted(isrs.map(({ id }) => id)),
      `kafka-topics says «${line}», kcat says leader ${leader}, replicas ${JSON.stringify(replicas)}`,
    );
  }
  const entity = ['--entity-type', 'topics', '--entity-name', topic];
  const before = await tool('kafka-configs', '--describe', '--all', ...entity);
  expect(/retention\.ms=604800000/.test(before), `kafka-configs --describe --all:\n${before}`);
  await tool('kafka-configs', '--alter', '--add-config', 'retention.ms=86400000,max.message.bytes=2000000', ...entity);
  const after = await tool('kafka-configs', '--describe', ...entity);
  expect(
    /retention\.ms=86400000/.test(after) && /max\.message\.bytes=2000000/.test(after),
    `kafka-configs after --add-config:\n${after}`,
  );
  await tool('kafka-configs', '--alter', '--delete-config', 'retention.ms', ...entity);
  const deleted = await tool('kafka-configs', '--describe', ...entity);
  expect(
    !/retention\.ms=/.test(deleted) && /max\.message\.bytes=2000000/.test(deleted),
    `kafka-configs after --delete-config:\n${deleted}`,
  );
  const broker = await tool('kafka-configs', '--describe', '--all', '--entity-type', 'brokers', '--entity-name', '1');
  expect(/num\.partitions=/.test(broker), `kafka-configs of broker 1:\n${broker.slice(0, 1000)}`);
  const refused = await tool('kafka-configs', '--alter', '--add-config', 'retention.ms=soon', ...entity).catch(
    (error) => error.message,
  );
  expect(/InvalidConfigurationException|retention\.ms/.test(refused), `a bad value was answered: ${refused}`);
}

async function tools(cluster, groups, ends, note) {
  const listed = await kafkaTool('kafka-consumer-groups', cluster.bootstrap, '--list');
  for (const { group } of groups) expect(listed.split('\n').includes(group), `${group} is not listed:\n${listed}`);
  await toolsOfGroups(cluster, groups, ends);
  await toolsOfTopicsAndConfigs(cluster, groups[0].topic);
  await Promise.all(groups[0].members.map((member) => member.stop()));
  await kafkaTool('kafka-consumer-groups', cluster.bootstrap, '--delete', '--group', groups[0].group);
  const left = await kafkaTool('kafka-consumer-groups', cluster.bootstrap, '--list');
  expect(!left.split('\n').includes(groups[0].group), `a deleted group is still listed:\n${left}`);
  note('kafka-consumer-groups, kafka-topics and kafka-configs agree');
}

export async function run(note) {
  const cluster = await startCluster({ set: ['broker.session.timeout.ms=3000'] });
  const groups = [];
  try {
    for (const client of clients) groups.push(await startGroup(cluster, client));
    await Promise.all(groups.map(shareAndRebalance));
    note('two members shared, one left, another joined');
    await killCoordinators(cluster, groups, note);
    await restartAndResume(cluster, groups, note);
    const ends = new Map();
    for (const each of groups) ends.set(each, await drain(cluster, each, note));
    await tools(cluster, groups, ends, note);
  } catch (error) {
    error.message += `\n${cluster.recentLog()}`;
    throw error;
  } finally {
    for (const { load, watched, everybody } of groups) {
      load.kill();
      for (const member of everybody) member.kill();
      await watched.stop();
    }
    await cluster.stop();
  }
}
