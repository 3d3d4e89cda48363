import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { untilQuorum } from '../clients/controllers.mjs';
import { codeOf, FailingDisk, forget } from '../clients/failing-disk.mjs';
import { metadataOf, readAll } from '../clients/kcat.mjs';
import { judge, startLoad } from '../clients/load.mjs';
import { disksAgree } from '../clients/metadata-on-disks.mjs';
import { startWriters } from '../clients/metadata-writers.mjs';
import { milenaJson, startCluster } from '../cluster.mjs';
import { expect, until } from '../process.mjs';

export const title =
  'disks of running controllers and brokers that fill up or fail a sync: the process ends naming path and code, the rest goes on, nothing acknowledged is lost';
export const needs = ['kcat', 'python', 'failingDisk'];

const topic = 'synced';
const partitions = 3;
const endsWithinMs = 20_000;
const goesOnWithinMs = 15_000;
const comesBackWithinMs = 40_000;

const folderOf = (cluster, { role, id }) => join(cluster.data, `${role}-${id}`);
const metadataLog = (cluster, node) => join(folderOf(cluster, node), '__cluster_metadata-0');

/** The active controller, with every voter level behind it. */
async function activeController(cluster) {
  const ids = cluster.ids('controller');
  const level = ({ voters, leaderId }) =>
    leaderId >= 0 && voters.length === ids.length && voters.every(({ lag }) => lag >= 0 && lag < 50);
  return (await untilQuorum('every voter to be level', cluster, ids, level)).leaderId;
}

/** Leader of the first partition that clients write to. */
async function leadingBroker(cluster) {
  const metadata = await metadataOf(cluster.bootstrap, topic);
  return metadata.topics[0].partitions.find(({ partition }) => partition === 0).leader;
}

const leaderOf = { controller: activeController, broker: leadingBroker };

/** The process whose disk is to fail: the one that leads, or another. */
async function victimOf(cluster, { role, leads }) {
  const leader = await leaderOf[role](cluster);
  return { role, id: leads ? leader : cluster.ids(role).find((id) => id !== leader) };
}

/** Ends the active controller, so that the others must vote, and starts it again. */
async function election(cluster) {
  const id = await activeController(cluster);
  await cluster.kill9('controller', id);
  return () => cluster.restart('controller', id);
}

const everything = (cluster, node) => `${folderOf(cluster, node)}/`;
const metadataSegments = (cluster, node) => `${metadataLog(cluster, node)}/0000`;
const quorumState = (cluster, node) => `${metadataLog(cluster, node)}/quorum-state`;
const partitionFiles = (cluster, node) => `${folderOf(cluster, node)}/${topic}-0/`;

/**
 * Whose disk fails, which of its files, how, and what else is done. Controllers and brokers by turns: one comes back while the
 * next of the other kind fails.
 */
const cells = [
  { what: 'full: a controller that follows', role: 'controller', leads: false, fault: 'full', files: everything },
  { what: 'full for one partition: its leader', role: 'broker', leads: true, fault: 'full', files: partitionFiles },
  { what: 'full: the active controller', role: 'controller', leads: true, fault: 'full', files: everything },
  { what: 'sync of a partition: its leader', role: 'broker', leads: true, fault: 'sync', files: partitionFiles },
  {
    what: 'sync of the metadata log: a controller that follows',
    role: 'controller',
    leads: false,
    fault: 'sync',
    files: metadataSegments,
  },
  {
    what: 'sync of the metadata log: the active controller',
    role: 'controller',
    leads: true,
    fault: 'sync',
    files: metadataSegments,
  },
  { what: 'sync of a partition: a follower', role: 'broker', leads: false, fault: 'sync', files: partitionFiles },
  {
    what: 'sync of quorum-state: a voter, in an election',
    role: 'controller',
    leads: false,
    fault: 'sync',
    files: quorumState,
    provoke: election,
  },
];

async function isReady(cluster, { role, id }) {
  const page = `http://${cluster.monitor(role, id)}/readyz`;
  return (await fetch(page, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined))?.status === 200;
}

/** Writes of every kind are acknowledged that were not sent before now; milliseconds until then. */
async function goesOn(load) {
  const started = performance.now();
  const before = load.acknowledged();
  await until(`writes of each kind after ${before}`, goesOnWithinMs, () =>
    load.acknowledged().every((count, index) => count > before[index] + 2),
  ).catch((error) => {
    throw new Error(`${error.message}: ${load.acknowledged()}`);
  });
  return performance.now() - started;
}

/** Waits for the line in which a process says why it ends; its output may come after its end. */
function lastWords(what, said, accepts) {
  return until(what, 5_000, () => said().trim().split('\n').findLast(accepts)).catch((error) => {
    throw new Error(`${error.message}:\n${said().slice(-3000)}`);
  });
}

/** On a disk that is full, for whatever it wants to write, a start ends in the same way. */
async function refusesToStart(cluster, { role, id }, disk) {
  const folder = folderOf(cluster, { role, id });
  disk.fail('full', `${folder}/`);
  const child = cluster.restart(role, id);
  const said = [];
  child.stderr.on('data', (chunk) => said.push(chunk));
  const code = await cluster.exited(role, id, endsWithinMs);
  expect(code === 1, `${role} ${id} ended with code ${code} on a full disk`);
  const names = (line) => line.endsWith(': ENOSPC') && line.includes(folder);
  await lastWords('a path and ENOSPC', () => Buffer.concat(said).toString(), names);
}

/** Waits until the process ends because of its disk: code 1, and a last line that names path and error. Gives that line. */
async function endsByItsDisk(cluster, { node: { role, id }, kind, disk, saidSince }) {
  const pid = cluster.pid(role, id);
  const facts = () => JSON.stringify(disk.calls().slice(0, 5));
  const code = await cluster.exited(role, id, endsWithinMs).catch((error) => {
    throw new Error(`${error.message}; its disk: ${facts()}\n${saidSince().slice(-3000)}`);
  });
  const toldByDev = (line) => line.includes(`(pid ${pid}) ended (code 1)`);
  if (code === undefined) await lastWords(`code 1 of ${role} ${id}`, saidSince, toldByDev);
  else expect(code === 1, `${role} ${id} ended with code ${code}`);
  const own = disk.calls().filter((call) => call.pid === pid);
  const failed = own.filter((call) => call.hasFailed);
  const again = own.find(({ path, hasFailed }) => !hasFailed && failed.some((call) => call.path === path));
  expect(again === undefined, `${again?.path} was synced again after its sync had failed`);
  const names = (line) =>
    line.includes(' fatal error: ') && failed.some(({ path }) => line.endsWith(` ${path}: ${codeOf[kind]}`));
  return { failed, words: await lastWords(`${codeOf[kind]} and one of ${facts()}`, saidSince, names) };
}

async function comesBack(cluster, node) {
  const started = performance.now();
  cluster.restart(node.role, node.id);
  await until(`${node.role} ${node.id} to be ready`, comesBackWithinMs, () => isReady(cluster, node));
  if (node.role === 'broker') await cluster.inEveryIsr(topic, node.id, comesBackWithinMs);
  return performance.now() - started;
}

const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

/** Lets a disk fail, and heals it once the process has ended and the others have gone on; `back` settles later. */
async function oneCell(cluster, { cell, disk, load, said }) {
  const node = await victimOf(cluster, cell);
  const before = said.length;
  const saidSince = () => Buffer.concat(said.slice(before)).toString();
  disk.fail(cell.fault, cell.files(cluster, node));
  const began = performance.now();
  const restore = await cell.provoke?.(cluster);
  const { words, failed } = await endsByItsDisk(cluster, { node, kind: cell.fault, disk, saidSince });
  const ended = performance.now() - began;
  restore?.();
  const wentOn = await goesOn(load);
  if (cell.fault === 'full') await refusesToStart(cluster, node, disk);
  disk.heal();
  const lost = cell.fault === 'sync' ? failed.map(forget).reduce((sum, bytes) => sum + bytes, 0) : 0;
  const back = comesBack(cluster, node);
  back.catch(() => {}); // whoever waits for it next is told
  const forgotten = cell.fault === 'sync' ? `, ${lost} bytes forgotten` : '';
  const told = `${words.trim()} (after ${seconds(ended)}${forgotten}); then writes of each kind within ${seconds(wentOn)}`;
  return { back, told };
}

/** Every cell in turn, each when the last process of its kind is back. */
async function everyCell(cluster, { note, ...rest }) {
  const backs = new Map();
  for (const cell of cells) {
    await backs.get(cell.role);
    const { back, told } = await oneCell(cluster, { cell, ...rest });
    backs.set(cell.role, back);
    note(`${cell.what}: ${told}`);
    back.then(
      (ms) => note(`${cell.what}: back after ${seconds(ms)}`),
      () => {},
    );
  }
  await Promise.all(backs.values());
  await activeController(cluster);
}

/** Bytes of a partition on a broker's disk. */
function digestOf(cluster, id, partition) {
  const folder = join(folderOf(cluster, { role: 'broker', id }), `${topic}-${partition}`);
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).sort())
    if (name.endsWith('.log')) hash.update(readFileSync(join(folder, name)));
  return hash.digest('hex');
}

async function replicasAgree(cluster) {
  for (let partition = 0; partition < partitions; partition += 1)
    await until(`the replicas of partition ${partition} to be alike`, 20_000, () => {
      const digests = cluster.ids('broker').map((id) => digestOf(cluster, id, partition));
      return new Set(digests).size === 1;
    });
}

/** Topics made, changed and deleted by two kinds of clients, and records that are synced before they are acknowledged. */
async function startEveryLoad(cluster) {
  const address = ['--bootstrap-server', cluster.bootstrap];
  const counts = ['--partitions', `${partitions}`, '--replication-factor', '3'];
  const configs = ['--config', 'flush.messages=1', '--config', 'min.insync.replicas=2'];
  await milenaJson('topic', 'create', topic, ...counts, ...configs, ...address);
  const [gateway] = cluster.ids('gateway');
  const writers = startWriters({ bootstrap: cluster.bootstrap, gateway: cluster.monitor('gateway', gateway) });
  const records = await startLoad({ bootstrap: cluster.bootstrap, topic, partitions, rate: 100, folder: cluster.data });
  return {
    writers,
    records,
    acknowledged: () => [...writers.acknowledged(), records.rows().filter(({ error }) => error === undefined).length],
  };
}

export async function run(note) {
  const disk = new FailingDisk();
  const said = [];
  const cluster = await startCluster({
    controllers: 3,
    brokers: 3,
    gateways: 1,
    env: disk.environment,
    log: (chunk) => said.push(chunk),
  });
  let load;
  try {
    load = await startEveryLoad(cluster);
    await everyCell(cluster, { note, disk, load, said });
    const writers = await load.writers.stop();
    for (const { name, failures, acknowledged, slowestMs } of writers) {
      expect(failures.length === 0, `${name}: ${failures.length} writes failed: ${failures.slice(0, 3).join('; ')}`);
      note(`${name}: ${acknowledged} acknowledged, slowest answer after ${Math.round(slowestMs)} ms`);
    }
    const rows = await load.records.stop();
    note(judge(rows, await readAll(cluster.bootstrap, topic)));
    await replicasAgree(cluster);
    const nodes = await disksAgree(cluster, cluster.ids('controller'), writers);
    note(`the disks of ${nodes} nodes agree on all metadata, those of the brokers on every record`);
  } catch (error) {
    error.message += `\n${cluster.recentLog()}`;
    throw error;
  } finally {
    load?.records.kill();
    await load?.writers.stop().catch(() => {});
    await cluster.stop();
    disk.remove();
  }
}
