import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync, chmodSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { untilQuorum } from '../clients/controllers.mjs';
import { milena, milenaJson, startCluster } from '../cluster.mjs';
import { expect, run as runCommand, until } from '../process.mjs';

export const title =
  'a damaged file of a stopped controller is repaired from the others or refused by its path, and the quorum goes on';
export const needs = [];

const bootstrapCheckpoint = `${'0'.repeat(20)}-${'0'.repeat(10)}.checkpoint`;
/** Longer than a controller's record of what is committed is behind. */
const settledMs = 1_000;

const logOf = (cluster, id) => join(cluster.data, `controller-${id}`, '__cluster_metadata-0');
const inLog = (pick) => (cluster, id) => {
  const folder = logOf(cluster, id);
  return join(
    folder,
    readdirSync(folder)
      .filter((name) => pick.test(name) && name !== bootstrapCheckpoint)
      .at(-1),
  );
};
const named = (name) => (cluster, id) => join(logOf(cluster, id), name);

/** Changes one bit of each byte at `positions`, counted from the end when negative. */
function flip(path, ...positions) {
  const bytes = readFileSync(path);
  for (const position of positions) bytes[position < 0 ? bytes.length + position : position] ^= 0x04;
  chmodSync(path, 0o644);
  writeFileSync(path, bytes);
}
const half = (path) => Math.floor(statSync(path).size / 2);

/** What is done to which file of a stopped controller, and what must come of it. */
const cells = [
  {
    what: 'a bit of a record in the log',
    file: inLog(/\.log$/),
    damage: (path) => flip(path, half(path)),
    repaired: true,
  },
  { what: "a bit of a batch's offset", file: inLog(/\.log$/), damage: (path) => flip(path, 6), repaired: true },
  { what: "a bit of a batch's epoch", file: inLog(/\.log$/), damage: (path) => flip(path, 13), repaired: true },
  { what: 'half of the log', file: inLog(/\.log$/), damage: (path) => truncateSync(path, half(path)), repaired: true },
  {
    what: 'a bit of the newest snapshot',
    file: inLog(/\.checkpoint$/),
    damage: (path) => flip(path, half(path)),
    repaired: true,
  },
  {
    what: 'both copies of committed-mark',
    file: named('committed-mark'),
    damage: (path) => flip(path, 8, 520),
    repaired: true,
  },
  {
    what: 'a bit of quorum-state',
    file: named('quorum-state'),
    damage: (path) => flip(path, readFileSync(path).indexOf('leaderEpoch') + 13),
  },
  { what: 'half of quorum-state', file: named('quorum-state'), damage: (path) => truncateSync(path, half(path)) },
  {
    what: 'a bit of the bootstrap checkpoint',
    file: named(bootstrapCheckpoint),
    damage: (path) => flip(path, half(path)),
  },
  {
    what: 'a bit of meta.properties',
    file: (cluster, id) => join(cluster.data, `controller-${id}`, 'meta.properties'),
    damage: (path) => flip(path, half(path)),
  },
];

async function isReady(cluster, id) {
  const page = `http://${cluster.monitor('controller', id)}/readyz`;
  return (await fetch(page, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined))?.status === 200;
}

const untilReady = (cluster, id) => until(`controller ${id} to be ready`, 30_000, () => isReady(cluster, id));

let serial = 0;
const createTopic = ({ bootstrap }) => {
  const counts = ['--partitions', '1', '--replication-factor', '1'];
  return milenaJson('topic', 'create', `topic-${serial++}`, ...counts, '--bootstrap-server', bootstrap);
};

/** Starts a controller and collects what it says. */
function start(cluster, id) {
  const child = cluster.restart('controller', id);
  const said = [];
  child.stderr.on('data', (chunk) => said.push(chunk));
  return { child, said: () => Buffer.concat(said).toString() };
}

async function refuses(cluster, id, { what, path, original }) {
  const { child, said } = start(cluster, id);
  const others = cluster.ids('controller').filter((each) => each !== id);
  await until(`${what}: controller ${id} to refuse`, 30_000, () => child.exitCode !== null);
  expect(child.exitCode === 1, `${what}: ended with code ${child.exitCode}\n${said()}`);
  const last = said().trim().split('\n').at(-1);
  expect(last.includes(path), `${what}: the last line does not name ${path}: ${last}`);
  await createTopic(cluster);
  for (const other of others) expect(await isReady(cluster, other), `${what}: controller ${other} is not ready`);
  writeFileSync(path, original);
  start(cluster, id);
  await untilReady(cluster, id);
  return last.slice(0, 200);
}

async function repairs(cluster, id, { what }) {
  const { child, said } = start(cluster, id);
  await createTopic(cluster);
  await untilReady(cluster, id).catch((error) => {
    throw new Error(`${what}: ${error.message}, exit code ${child.exitCode}\n${said()}`);
  });
  const told = said()
    .split('\n')
    .find((line) => line.includes('"error"'));
  expect(told !== undefined, `${what}: nothing was logged as an error:\n${said()}`);
  return JSON.parse(told).msg;
}

async function oneCell(cluster, cell) {
  const ids = cluster.ids('controller');
  const { leaderId } = await untilQuorum('all voters to be level', cluster, ids, ({ voters }) =>
    voters.every(({ lag }) => lag >= 0 && lag < 50),
  );
  const id = ids.find((each) => each !== leaderId);
  await createTopic(cluster);
  await delay(settledMs);
  await cluster.kill9('controller', id);
  const path = cell.file(cluster, id);
  const original = readFileSync(path);
  cell.damage(path);
  return (cell.repaired ? repairs : refuses)(cluster, id, { what: cell.what, path, original });
}

/** All metadata on a controller's disk as of `offset`. */
function imageOf(cluster, { id, offset }) {
  return until(`controller ${id} to have offset ${offset}`, 30_000, async () => {
    const args = [milena, 'metadata', 'at', `${offset}`, logOf(cluster, id), '-o', 'ndjson'];
    const { code, stdout } = await runCommand(process.execPath, args, { anyExit: true });
    return code === 0 ? stdout.trim().split('\n').sort().join('\n') : undefined;
  });
}

export async function run(note) {
  const set = ['metadata.log.max.record.bytes.between.snapshots=1000'];
  const cluster = await startCluster({ controllers: 3, brokers: 1, set });
  const ids = cluster.ids('controller');
  try {
    for (let count = 0; count < 10; count += 1) await createTopic(cluster);
    await until('snapshots', 30_000, () =>
      ids.every((id) => readdirSync(logOf(cluster, id)).filter((name) => name.endsWith('.checkpoint')).length > 1),
    );
    for (const cell of cells) note(`${cell.what}: ${await oneCell(cluster, cell)}`);
    const { highWatermark } = await untilQuorum('a leader', cluster, ids, ({ leaderId }) => leaderId >= 0);
    const images = [];
    for (const id of ids) images.push(await imageOf(cluster, { id, offset: highWatermark - 1 }));
    expect(new Set(images).size === 1, 'the controllers have different metadata');
    const topics = images[0].split('\n').filter((line) => JSON.parse(line).type === 'TopicRecord').length;
    expect(topics === serial, `${topics} topics are there of ${serial} that were created`);
    note(`all ${topics} topics are on every disk`);
  } catch (error) {
    error.message += `\n${cluster.recentLog()}`;
    throw error;
  } finally {
    await cluster.stop();
  }
}
