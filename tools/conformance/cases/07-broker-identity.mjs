import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { milena, milenaJson, startCluster } from '../cluster.mjs';
import { metadataOf, produceLines, readAll } from '../clients/kcat.mjs';
import { expect, run as runCommand, until } from '../process.mjs';
import { freePort, readProperties, writeProperties } from '../properties.mjs';

export const title = 'a live id is refused to other data; an empty disk is refilled and leads nothing before';
export const needs = ['kcat'];

const topic = 'identity';
const records = 50_000;

/** The properties file of a process, as its argv names it. */
const configOf = (process_) => process_.argv[process_.argv.indexOf('--config') + 1];

/** Starts a second broker 1 on data of its own: it must end, naming the id and the address that holds it. */
async function impostor(cluster, clusterId, note) {
  const original = cluster.process('broker', 1);
  const properties = readProperties(configOf(original));
  const folder = join(cluster.data, 'impostor');
  mkdirSync(folder);
  const ports = [await freePort(), await freePort(), await freePort()];
  const config = join(folder, 'server.properties');
  const listeners = `PLAINTEXT://127.0.0.1:${ports[0]},INTERNAL://127.0.0.1:${ports[1]}`;
  writeProperties(config, {
    ...properties,
    'log.dirs': join(folder, 'data'),
    listeners,
    'advertised.listeners': listeners,
    'monitor.listeners': `HTTP://127.0.0.1:${ports[2]}`,
  });
  await format(clusterId, config);
  const argv = original.argv.map((word) => (word === configOf(original) ? config : word));
  const outcome = await runCommand(argv[0], argv.slice(1), { cwd: original.cwd, anyExit: true, timeoutMs: 20_000 });
  const line = outcome.stderr.trim().split('\n').at(-1);
  expect(
    outcome.code !== 0 && outcome.code !== null,
    `the second broker 1 ended with ${outcome.code ?? outcome.signal}`,
  );
  const holder = cluster.listener('broker', 1, 'PLAINTEXT').split(':').at(-1);
  expect(/\b1\b/.test(line) && line.includes(holder), `it does not name the id and the holder: ${line}`);
  note(`exit code ${outcome.code}: ${line.slice(0, 300)}`);
  expect(cluster.isAlive('broker', 1), 'the rightful broker 1 is gone');
}

async function format(clusterId, config) {
  await runCommand(process.execPath, [milena, 'storage', 'format', '--cluster-id', clusterId, '--config', config]);
}

/** Empties the log directory of a stopped broker and formats it anew. */
async function wipe(cluster, clusterId, id) {
  const config = configOf(cluster.process('broker', id));
  const folder = readProperties(config)['log.dirs'];
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (path !== config && path !== dirname(config)) rmSync(path, { recursive: true });
  }
  await format(clusterId, config);
}

export async function run(note) {
  const cluster = await startCluster({ set: ['broker.session.timeout.ms=3000'] });
  try {
    await milenaJson(
      'topic',
      'create',
      topic,
      '--partitions',
      '6',
      '--replication-factor',
      '3',
      '--bootstrap-server',
      cluster.bootstrap,
    );
    await produceLines(cluster.bootstrap, topic, (stdin) => {
      for (let index = 0; index < records; index += 1) stdin.write(`${index}\n`);
      stdin.end();
    });
    const { clusterId } = await milenaJson('storage', 'info', '--config', configOf(cluster.process('broker', 1)));
    await impostor(cluster, clusterId, note);

    await cluster.kill9('broker', 2);
    await wipe(cluster, clusterId, 2);
    cluster.restart('broker', 2);
    let samples = 0;
    await until('broker 2 to be refilled', 60_000, async () => {
      const partitions = (await metadataOf(cluster.bootstrap, topic)).topics[0].partitions;
      for (const { partition, leader, isrs } of partitions) {
        const inSync = isrs.some(({ id }) => id === 2);
        expect(leader !== 2 || inSync, `broker 2 leads partition ${partition} outside its ISR`);
      }
      samples += 1;
      return partitions.every(({ isrs }) => isrs.some(({ id }) => id === 2));
    });
    note(`refilled; it led nothing outside the ISR in ${samples} samples`);

    for (const id of [1, 3]) await cluster.kill9('broker', id);
    const alone = cluster.listener('broker', 2, 'PLAINTEXT');
    await until('broker 2 to lead everything', 30_000, async () => {
      const metadata = await metadataOf(alone, topic).catch(() => undefined);
      return metadata?.topics[0].partitions.every(({ leader }) => leader === 2);
    });
    const rows = await readAll(alone, topic);
    expect(
      new Set(rows.map(([, , value]) => value)).size === records && rows.length === records,
      `${rows.length} of ${records} records on the refilled disk`,
    );
    note(`the refilled broker alone serves all ${records} records`);
  } catch (error) {
    error.message += `\n${cluster.recentLog()}`;
    throw error;
  } finally {
    await cluster.stop();
  }
}
