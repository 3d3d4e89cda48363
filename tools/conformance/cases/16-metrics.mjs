import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, startCluster } from '../cluster.mjs';
import { adminCallers, runGrpcurl } from '../clients/admin-callers.mjs';
import { startMember } from '../clients/group-member.mjs';
import { startKazoo } from '../clients/kazoo.mjs';
import { produceLines } from '../clients/kcat.mjs';
import { monitorPage, scrape, valueOf } from '../clients/metrics-page.mjs';
import { expect, until } from '../process.mjs';

export const title =
  "/metrics of every process passes Prometheus' parser and has the names of docs/metrics.md; /healthz and /readyz say ready";
export const needs = ['kcat', 'python', 'grpcurl', 'metricsJudge'];

const [topic, group, partitions, records] = ['measured', 'measurers', 12, 100];
/** Which processes a heading of docs/metrics.md speaks of. */
const rolesOf = {
  Broker: ['broker'],
  Groups: ['broker'],
  Controller: ['controller'],
  'Admin gateway': ['gateway'],
  'ZooKeeper shim': ['zookeeper'],
};
const everyProcess = 'Every process';

/** Names of the document's tables, by heading. */
function documented() {
  const names = new Map();
  let heading;
  for (const line of readFileSync(join(root, 'docs', 'metrics.md'), 'utf8').split('\n')) {
    heading = /^#+ (.*)$/.exec(line)?.[1] ?? heading;
    const [, cell] = /^\| *(`[^|]*) *\|/.exec(line) ?? [];
    if (cell === undefined) continue;
    const inCell = [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name);
    names.set(heading, [...(names.get(heading) ?? []), ...inCell]);
  }
  return names;
}

/**
 * Something of everything that is measured: a topic, records, a group that has read them, ZooKeeper, admin and gRPC calls.
 * Who was started for it goes into `open`.
 */
async function traffic(cluster, open) {
  const [gateway] = cluster.ids('gateway');
  const call = adminCallers.grpcurl({ grpc: cluster.listener('gateway', gateway, 'GRPC') });
  await call('TopicService/CreateTopic', {
    topic: { name: `topics/${topic}`, partitionCount: 3, replicationFactor: 3 },
  });
  await produceLines(cluster.bootstrap, topic, (stdin) => stdin.end('record\n'.repeat(records)));
  const member = startMember('kcat', { bootstrap: cluster.bootstrap, topic, group });
  open.push(member);
  await until('the group to read everything', 30_000, () => member.records.length === records);
  await until('the group to commit everything', 30_000, async () => {
    const { offsets = [] } = await call('GroupService/ListGroupOffsets', { parent: `groups/${group}`, pageSize: 100 });
    return offsets.reduce((sum, { committedOffset }) => sum + Number(committedOffset ?? 0), 0) === records;
  });
  for (const { listeners } of cluster.ready.processes)
    await runGrpcurl(listeners.CONTROLLER ?? listeners.INTERNAL ?? listeners.GRPC, 'list');
  for (const id of cluster.ids('zookeeper')) {
    const kazoo = await startKazoo(cluster.listener('zookeeper', id, 'ZOOKEEPER'));
    open.push(kazoo);
    await kazoo.result('children', '/brokers/ids', { watch: true });
    // For this a shim asks a controller; the log comes to it on a stream that may never have ended.
    await kazoo.result('sync', '/');
  }
}

async function scrapeAll(cluster) {
  const pages = [];
  for (const { role, id } of cluster.ready.processes) {
    const name = `${role} ${id}`;
    const page = await scrape(cluster.monitor(role, id)).catch((error) => {
      error.message = `/metrics of ${name}: ${error.message}`;
      throw error;
    });
    pages.push({ name, role, ...page });
  }
  return pages;
}

function namesExist(pages) {
  const missing = [];
  for (const [heading, names] of documented()) {
    if (heading === everyProcess)
      for (const { name, families } of pages)
        missing.push(...names.filter((each) => !families.has(each)).map((each) => `${each} (${name})`));
    else {
      const roles = rolesOf[heading];
      expect(roles !== undefined, `docs/metrics.md has a heading this case does not know: ${heading}`);
      const told = pages.filter(({ role }) => roles.includes(role));
      const shown = (each) => told.some(({ families }) => families.has(each));
      missing.push(...names.filter((each) => !shown(each)).map((each) => `${each} (${heading})`));
    }
  }
  expect(missing.length === 0, `documented, and nobody shows it: ${missing.join(', ')}`);
}

/** Nothing of ours is shown that the document does not have. */
function namesAreDocumented(pages) {
  const known = new Set([...documented().values()].flat());
  const shown = new Set(pages.flatMap(({ families }) => [...families.keys()]));
  const strange = [...shown].filter((name) => !known.has(name) && !/^(process|nodejs)_/.test(name));
  expect(strange.length === 0, `shown, and not in docs/metrics.md: ${strange.join(', ')}`);
}

/** Sums over all processes, as an alert rule would. */
function sums(pages, name, labels) {
  const values = pages.map(({ text }) => valueOf(text, name, labels)).filter((value) => value !== undefined);
  return values.reduce((sum, value) => sum + value, 0);
}

function valuesAreTrue(pages) {
  const wanted = [
    ['kafka_controller_kafkacontroller_activecontrollercount', {}, 1],
    ['kafka_server_replicamanager_underreplicatedpartitions', {}, 0],
    ['kafka_server_brokertopicmetrics_messagesin_total', { topic }, records],
    ['kafka_consumergroup_members', { consumergroup: group }, 1],
  ];
  for (const [name, labels, value] of wanted) {
    const sum = sums(pages, name, labels);
    expect(sum === value, `the sum of ${name} ${JSON.stringify(labels)} is ${sum}`);
  }
  const offsets = Array.from({ length: partitions }, (_, partition) =>
    sums(pages, 'kafka_topic_partition_current_offset', { topic, partition: `${partition}` }),
  );
  expect(offsets.reduce((sum, each) => sum + each, 0) === records, `high watermarks are ${offsets}`);
}

export async function run(note) {
  const cluster = await startCluster({ gateways: 1, shims: 2 });
  const open = [];
  try {
    await traffic(cluster, open);
    for (const { role, id } of cluster.ready.processes)
      for (const path of ['/healthz', '/readyz']) {
        const { status, text } = await monitorPage(cluster.monitor(role, id), path);
        expect(status === 200, `${path} of ${role} ${id}: ${status} ${text}`);
      }
    const pages = await scrapeAll(cluster);
    namesExist(pages);
    namesAreDocumented(pages);
    valuesAreTrue(pages);
    const all = new Set(pages.flatMap(({ families }) => [...families.keys()]));
    note(`${pages.length} processes, ${all.size} different metrics`);
  } catch (error) {
    error.message += `\n${cluster.recentLog()}`;
    throw error;
  } finally {
    for (const each of open) each.kill();
    await cluster.stop();
  }
}
