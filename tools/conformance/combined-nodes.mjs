// Nodes with process.roles=broker,controller, each one `milena server` process, started from files as an operator writes them.
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cluster, milena, root } from './cluster.mjs';
import { run } from './process.mjs';
import { freePort, writeProperties } from './properties.mjs';

const host = '127.0.0.1';

/** Formats and starts `count` combined nodes, ids from 1, and resolves when clients see all of them as brokers. */
export async function startCombinedNodes({ count = 3, set = {} } = {}) {
  const data = mkdtempSync(join(tmpdir(), 'milena-combined-'));
  const nodes = [];
  for (let id = 1; id <= count; id += 1) {
    const listeners = {};
    for (const name of ['PLAINTEXT', 'INTERNAL', 'CONTROLLER']) listeners[name] = `${host}:${await freePort()}`;
    nodes.push({ id, listeners, config: join(data, `node-${id}`, 'server.properties') });
  }
  const voters = nodes.map(({ id, listeners }) => `${id}@${listeners.CONTROLLER}`).join(',');
  const { stdout: clusterId } = await run(process.execPath, [milena, 'storage', 'random-uuid']);
  for (const { id, listeners, config } of nodes) {
    mkdirSync(join(config, '..'));
    const text = (names) => names.map((name) => `${name}://${listeners[name]}`).join(',');
    writeProperties(config, {
      'process.roles': 'broker,controller',
      'node.id': `${id}`,
      listeners: text(['PLAINTEXT', 'INTERNAL', 'CONTROLLER']),
      'advertised.listeners': text(['PLAINTEXT', 'INTERNAL']),
      'inter.broker.listener.name': 'INTERNAL',
      'controller.listener.names': 'CONTROLLER',
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT',
      'controller.quorum.voters': voters,
      'monitor.listeners': `HTTP://${host}:${await freePort()}`,
      'log.dirs': join(config, '..', 'data'),
      ...set,
    });
    await run(process.execPath, [milena, 'storage', 'format', '--cluster-id', clusterId.trim(), '--config', config]);
  }
  const roles = ['broker', 'controller'];
  const processes = nodes.flatMap(({ id, listeners, config }) => {
    const argv = [process.execPath, milena, 'server', '--config', config];
    return roles.map((role) => ({ role, id, listeners, argv, cwd: root }));
  });
  const bootstrap = nodes.map(({ listeners }) => listeners.PLAINTEXT).join(',');
  const cluster = new Cluster({ ready: { bootstrap, processes }, data, errors: [] });
  for (const { id } of nodes) cluster.restart('broker', id);
  await cluster.seesBrokers(count, 60_000).catch(async (error) => {
    error.message += `\n${cluster.recentLog()}`;
    await cluster.stop();
    throw error;
  });
  return cluster;
}
