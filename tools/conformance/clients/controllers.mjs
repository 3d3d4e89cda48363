// Controllers as an operator adds and removes them: their files, Kafka's own tool, and ours.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { milena, milenaJson, root } from '../cluster.mjs';
import { kafkaClassPath } from '../prerequisites.mjs';
import { run, until } from '../process.mjs';
import { freePort, readProperties, writeProperties } from '../properties.mjs';

const host = '127.0.0.1';
const main = join(root, 'dist', 'apps', 'controller-quorum', 'main.js');

/** Apache Kafka's kafka-metadata-quorum, unmodified, through a broker. */
export async function kafkaMetadataQuorum(bootstrap, { config, args }) {
  const java = ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-cp', kafkaClassPath()];
  const command = ['org.apache.kafka.tools.MetadataQuorumCommand', '--bootstrap-server', bootstrap];
  const withConfig = config === undefined ? [] : ['--command-config', config];
  const { stdout } = await run('java', [...java, ...command, ...withConfig, ...args], { timeoutMs: 90_000 });
  return stdout;
}

/** Path of a controller's server.properties. */
export const configOf = (cluster, id) => {
  const { argv } = cluster.process('controller', id);
  return argv[argv.indexOf('--config') + 1];
};

/** The quorum as its leader sees it, asked of `ids`. */
export function describeQuorum(cluster, ids) {
  const addresses = ids.map((id) => cluster.listener('controller', id, 'CONTROLLER'));
  return milenaJson('quorum', 'describe', '--bootstrap-controller', addresses.join());
}

/** Waits until `accepts` likes what the leader says; what it said then. */
export function untilQuorum(what, cluster, ids, accepts, timeoutMs = 60_000) {
  return until(what, timeoutMs, async () => {
    const quorum = await describeQuorum(cluster, ids).catch(() => undefined);
    return quorum !== undefined && accepts(quorum) ? quorum : undefined;
  });
}

/** Files, format and start of a controller that joins the quorum of `model`'s cluster; it votes only once it is added. */
export async function startJoiner(cluster, { id, model, bootstrap, set = {} }) {
  const folder = join(cluster.data, `controller-${id}`);
  const config = join(folder, 'server.properties');
  const [address, monitor] = [`${host}:${await freePort()}`, `${host}:${await freePort()}`];
  mkdirSync(folder, { recursive: true });
  writeProperties(config, {
    ...readProperties(configOf(cluster, model)),
    'node.id': `${id}`,
    listeners: `CONTROLLER://${address}`,
    'advertised.listeners': `CONTROLLER://${address}`,
    'monitor.listeners': `HTTP://${monitor}`,
    'log.dirs': join(folder, 'data'),
    'controller.quorum.bootstrap.servers': [...bootstrap, address].join(),
    ...set,
  });
  const { clusterId } = await describeQuorum(cluster, [model]);
  const format = ['storage', 'format', '--cluster-id', clusterId, '--config', config, '--no-initial-controllers'];
  await run(process.execPath, [milena, ...format]);
  const listeners = { CONTROLLER: address, monitor };
  cluster.ready.processes.push({
    role: 'controller',
    id,
    listeners,
    argv: [process.execPath, main, '--config', config],
    cwd: root,
  });
  cluster.restart('controller', id);
  return config;
}

/** Directory id of a voter. */
export const directoryOf = (quorum, id) => quorum.voters.find((voter) => voter.id === id)?.directoryId;
