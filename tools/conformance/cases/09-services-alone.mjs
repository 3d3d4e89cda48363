import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { health } from '../clients/grpc-health.mjs';
import { milena, root } from '../cluster.mjs';
import { expect, run as runCommand, until } from '../process.mjs';
import { freePort, writeProperties } from '../properties.mjs';

export const title =
  'each service starts alone, waits NOT_SERVING for a quorum, stops with code 0, and names a bad key with code 2';
export const needs = [];

const aloneForMs = 5_000;
const stopWithinMs = 10_000;

/** A controller (one of three, so that it has no quorum), and a broker, a gateway and a shim whose controllers are nowhere. */
async function services(folder) {
  const address = async () => `127.0.0.1:${await freePort()}`;
  const controller = await address();
  const voters = [controller, await address(), await address()];
  const absent = [await address(), await address(), await address()];
  const quorum = (addresses) => ({
    'controller.listener.names': 'CONTROLLER',
    'controller.quorum.voters': addresses.map((each, index) => `${101 + index}@${each}`).join(','),
  });
  function service(app, id, role, { grpc, monitor, ...keys }) {
    return {
      app,
      grpc,
      monitor,
      properties: {
        'process.roles': role,
        'node.id': `${id}`,
        'log.dirs': join(folder, app, 'data'),
        ...(role === 'controller' ? quorum(voters) : quorum(absent)),
        ...(role === 'gateway' ? {} : { 'monitor.listeners': `HTTP://${monitor}` }),
        ...keys,
      },
    };
  }
  const [internal, gatewayGrpc, gatewayHttp, shimGrpc] = [
    await address(),
    await address(),
    await address(),
    await address(),
  ];
  const brokerListeners = `PLAINTEXT://${await address()},INTERNAL://${internal}`;
  return [
    service('controller-quorum', 101, 'controller', {
      grpc: controller,
      monitor: await address(),
      listeners: `CONTROLLER://${controller}`,
    }),
    service('broker', 1, 'broker', {
      grpc: internal,
      monitor: await address(),
      listeners: brokerListeners,
      'advertised.listeners': brokerListeners,
      'inter.broker.listener.name': 'INTERNAL',
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT',
    }),
    service('admin-gateway', 201, 'gateway', {
      grpc: gatewayGrpc,
      monitor: gatewayHttp,
      'admin.listeners': `GRPC://${gatewayGrpc},HTTP://${gatewayHttp}`,
    }),
    service('zookeeper-shim', 301, 'zookeeper', {
      grpc: shimGrpc,
      monitor: await address(),
      'zookeeper.listeners': `ZOOKEEPER://${await address()},GRPC://${shimGrpc}`,
    }),
  ];
}

/** Status of one of the monitor's pages. */
async function page(monitor, path) {
  const response = await fetch(`http://${monitor}${path}`, { signal: AbortSignal.timeout(2_000) });
  await response.arrayBuffer();
  return response.status;
}

const main = (app) => join(root, 'dist', 'apps', app, 'main.js');

async function aloneAndStopped({ app, grpc, monitor, properties }, folder, note) {
  mkdirSync(join(folder, app));
  const config = join(folder, app, 'server.properties');
  writeProperties(config, properties);
  // gateways and shims ask the quorum which cluster they belong to
  if (app === 'controller-quorum' || app === 'broker') {
    const { stdout } = await runCommand(process.execPath, [milena, 'storage', 'random-uuid']);
    await runCommand(process.execPath, [
      milena,
      'storage',
      'format',
      '--cluster-id',
      stdout.trim(),
      '--config',
      config,
    ]);
  }
  const child = spawn(process.execPath, [main(app), '--config', config], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (chunk) => (log = (log + chunk).slice(-4000)));
  try {
    await until(`${app} to answer health checks`, 15_000, () => health(grpc).catch(() => undefined));
    await until(`${app} to have a monitor`, 5_000, () => page(monitor, '/healthz').catch(() => undefined));
    const until_ = Date.now() + aloneForMs;
    while (Date.now() < until_) {
      const status = await health(grpc);
      expect(status === 'NOT_SERVING', `${app} says ${status} without a quorum`);
      const [ready, alive] = [await page(monitor, '/readyz'), await page(monitor, '/healthz')];
      expect(ready === 503 && alive === 200, `${app}: /readyz ${ready}, /healthz ${alive} without a quorum`);
      await delay(250);
    }
    expect(child.exitCode === null, `${app} ended by itself with ${child.exitCode}`);
    const stopping = Date.now();
    child.kill('SIGTERM');
    await until(`${app} to stop`, stopWithinMs, () => child.exitCode !== null || child.signalCode !== null);
    expect(child.exitCode === 0, `${app} ended with ${child.exitCode ?? child.signalCode}`);
    note(`${app}: NOT_SERVING for ${aloneForMs} ms, stopped in ${Date.now() - stopping} ms`);
  } catch (error) {
    error.message += `\n${log}`;
    throw error;
  } finally {
    child.kill('SIGKILL');
  }
  return config;
}

/** A wrong, a missing and a misspelt key: exit code 2 and one line that names it. */
async function badKeys({ app, properties }, folder, note) {
  const { 'node.id': _nodeId, ...withoutId } = properties;
  const bad = [
    ['node.id', { ...properties, 'node.id': 'seven' }],
    ['node.id', withoutId],
    ['log.segmnt.bytes', { ...properties, 'log.segmnt.bytes': '1048576' }],
  ];
  for (const [key, each] of bad) {
    const config = join(folder, app, 'bad.properties');
    writeProperties(config, each);
    const outcome = await runCommand(process.execPath, [main(app), '--config', config], {
      anyExit: true,
      timeoutMs: 10_000,
    });
    const lines = outcome.stderr.trim().split('\n');
    expect(
      outcome.code === 2,
      `${app} with a bad ${key} ended with ${outcome.code ?? outcome.signal}: ${outcome.stderr}`,
    );
    expect(lines.length === 1 && lines[0].includes(key), `${app} does not name ${key} in one line: ${outcome.stderr}`);
  }
  note(`${app}: wrong, missing and misspelt keys named, exit code 2`);
}

export async function run(note) {
  const folder = mkdtempSync(join(tmpdir(), 'milena-alone-'));
  try {
    const each = async (service) => {
      await aloneAndStopped(service, folder, note);
      await badKeys(service, folder, note);
    };
    await Promise.all((await services(folder)).map(each));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
