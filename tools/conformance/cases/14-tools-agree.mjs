import { startCluster, milenaJson } from '../cluster.mjs';
import { adminCallers } from '../clients/admin-callers.mjs';
import { startMember } from '../clients/group-member.mjs';
import { metadataOf, produceLines } from '../clients/kcat.mjs';
import { startZkCli } from '../clients/zkcli.mjs';
import { expect, until } from '../process.mjs';

export const title =
  'kcat, milena, grpcurl and zkCli agree on brokers, topics, leaders and ISR, healthy and with a broker dead';
export const needs = ['kcat', 'grpcurl', 'zookeeperTools'];

const agreeWithinMs = 15_000;
const sorted = (ids) => [...ids].sort((left, right) => left - right);
/** One partition as every tool can tell it. */
const line = (topic, partition, leader, isr) => `${topic}-${partition}: leader ${leader}, ISR ${sorted(isr)}`;

async function byKcat(cluster) {
  const { brokers, topics } = await metadataOf(cluster.bootstrap);
  const partitions = topics.flatMap(({ topic, partitions: each }) =>
    each.map(({ partition, leader, isrs }) =>
      line(
        topic,
        partition,
        leader,
        isrs.map(({ id }) => id),
      ),
    ),
  );
  return view(
    brokers.map(({ id }) => id),
    partitions,
  );
}

async function byMilena(cluster) {
  const at = ['--bootstrap-server', cluster.bootstrap];
  const brokers = await milenaJson('broker', 'list', ...at);
  const partitions = [];
  for (const { name } of await milenaJson('topic', 'list', ...at)) {
    const described = [await milenaJson('topic', 'describe', name, ...at)].flat()[0];
    for (const each of described.partitions) partitions.push(line(name, each.partition, each.leader, each.isr));
  }
  return view(
    brokers.filter(({ state }) => state === 'live').map(({ id }) => id),
    partitions,
  );
}

async function byGrpcurl(cluster) {
  const [gateway] = cluster.ids('gateway');
  const call = adminCallers.grpcurl({ grpc: cluster.listener('gateway', gateway, 'GRPC') });
  const { brokers } = await call('BrokerService/ListBrokers', { pageSize: 100 });
  const { topics } = await call('TopicService/ListTopics', { pageSize: 100, includeInternal: true });
  const partitions = [];
  for (const { name } of topics) {
    const answer = await call('TopicService/ListPartitions', { parent: name, pageSize: 100 });
    const topic = name.slice('topics/'.length);
    for (const { index = 0, leaderId, isrIds } of answer.partitions)
      partitions.push(line(topic, index, leaderId, isrIds));
  }
  const active = brokers.filter(({ state }) => state === 'STATE_ACTIVE');
  return view(
    active.map(({ brokerId }) => brokerId),
    partitions,
  );
}

/** Names in what `ls` printed. */
const names = ([text]) =>
  text
    .slice(1, -1)
    .split(', ')
    .filter((name) => name !== '');

async function byZkCli(cli) {
  const list = async (path) => names(await cli.command(`ls ${path}`, /^\[.*\]$/m));
  const brokers = await list('/brokers/ids');
  const partitions = [];
  for (const topic of await list('/brokers/topics'))
    for (const partition of await list(`/brokers/topics/${topic}/partitions`)) {
      const path = `/brokers/topics/${topic}/partitions/${partition}/state`;
      const [text] = await cli.command(`get ${path}`, /^\{.*\}$/m);
      const { leader, isr } = JSON.parse(text);
      partitions.push(line(topic, partition, leader, isr));
    }
  return view(brokers.map(Number), partitions);
}

const view = (brokers, partitions) => [`brokers ${sorted(brokers)}`, ...partitions.sort()];

/** Asks all four until they say the same and `settled` accepts it. */
async function agree(cluster, cli, settled) {
  let views = {};
  await until('the tools to agree', agreeWithinMs, async () => {
    views = {
      kcat: await byKcat(cluster),
      milena: await byMilena(cluster),
      grpcurl: await byGrpcurl(cluster),
      zkCli: await byZkCli(cli),
    };
    const texts = new Set(Object.values(views).map((each) => each.join('\n')));
    return texts.size === 1 && settled(views.kcat) ? true : undefined;
  }).catch((error) => {
    for (const [name, each] of Object.entries(views)) {
      const differs = each.filter((text, index) => text !== views.kcat[index]);
      error.message += `\n${name}: ${name === 'kcat' ? each.slice(0, 8).join('; ') : differs.slice(0, 8).join('; ')}`;
    }
    throw error;
  });
  return views.kcat;
}

/** Two topics with records and a group that has read them, so that there is something to show everywhere. */
async function traffic(cluster) {
  const [gateway] = cluster.ids('gateway');
  const call = adminCallers.grpcurl({ grpc: cluster.listener('gateway', gateway, 'GRPC') });
  for (const [name, partitionCount] of Object.entries({ orders: 3, payments: 2 })) {
    await call('TopicService/CreateTopic', { topic: { name: `topics/${name}`, partitionCount, replicationFactor: 3 } });
    await produceLines(cluster.bootstrap, name, (stdin) => stdin.end('record\n'.repeat(100)));
  }
  return startMember('kcat', { bootstrap: cluster.bootstrap, topic: 'orders', group: 'readers' });
}

export async function run(note) {
  const cluster = await startCluster({ gateways: 1, shims: 1 });
  let [cli, member] = [];
  try {
    member = await traffic(cluster);
    await until('the group to read everything', 30_000, () => member.records.length >= 100);
    cli = await startZkCli(cluster.listener('zookeeper', cluster.ids('zookeeper')[0], 'ZOOKEEPER'));
    const healthy = await agree(cluster, cli, (seen) => seen[0] === 'brokers 1,2,3');
    note(`all agree on ${healthy.length - 1} partitions`);
    await cluster.kill9('broker', 2);
    const without = (seen) =>
      seen[0] === 'brokers 1,3' && seen.slice(1).every((each) => !/leader (2|-1)\b|ISR .*\b2\b/.test(each));
    await agree(cluster, cli, without);
    note('and after kill -9 of broker 2');
    cluster.restart('broker', 2);
    const whole = (seen) => seen.slice(1).every((each) => each.endsWith('ISR 1,2,3'));
    expect((await agree(cluster, cli, whole)).length === healthy.length, 'partitions were lost');
    note('and when it is back');
  } catch (error) {
    error.message += `\n${cluster.recentLog()}`;
    throw error;
  } finally {
    cli?.kill();
    member?.kill();
    await cluster.stop();
  }
}
