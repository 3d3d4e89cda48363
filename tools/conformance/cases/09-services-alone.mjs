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

/** A controller (one of three, so that it has no quorum) and a broker whose controllers are nowhere. */
async function services(folder) {
  const ports = [];
  for (let index = 0; index < 6; index += 1) ports.push(await freePort());
  const [controller, absent1, absent2, client, internal] = ports;
  const quorum = {
    'controller.listener.names': 'CONTROLLER',
    'controller.quorum.voters': `101@127.0.0.1:${controller},102@127.0.0.1:${absent1},103@127.0.0.1:${absent2}`,
  };
  const brokerListeners = `PLAINTEXT://127.0.0.1:${client},INTERNAL://127.0.0.1:${internal}`;
  return [
    {
      app: 'controller-quorum',
      grpc: `127.0.0.1:${controller}`,
      properties: {
        'process.roles': 'controller',
        'node.id': '101',
        listeners: `CONTROLLER://127.0.0.1:${controller}`,
        'log.dirs': join(folder, 'controller-quorum', 'data'),
        ...quorum,
      },
    },
    {
      app: 'broker',
      grpc: `127.0.0.1:${internal}`,
      properties: {
        'process.roles': 'broker',
        'node.id': '1',
        listeners: brokerListeners,
        'advertised.listeners': brokerListeners,
        'inter.broker.listener.name': 'INTERNAL',
        'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT',
        'log.dirs': join(folder, 'broker', 'data'),
        ...quorum,
        // a broker is no voter; it only has to know whom to ask
        'controller.quorum.voters': quorum['controller.quorum.voters'].replace(`${controller}`, `${ports[5]}`),
      },
    },
  ];
}

const main = (app) => join(root, 'dist', 'apps', app, 'main.js');

async function aloneAndStopped({ app, grpc, properties }, folder, note) {
  mkdirSync(join(folder, app));
  const config = join(folder, app, 'server.properties');
  writeProperties(config, properties);
  const { stdout } = await runCommand(process.execPath, [milena, 'storage', 'random-uuid']);
  await runCommand(process.execPath, [milena, 'storage', 'format', '--cluster-id', stdout.trim(), '--config', config]);
  const child = spawn(process.execPath, [main(app), '--config', config], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (chunk) => (log = (log + chunk).slice(-4000)));
  try {
    await until(`${app} to answer health checks`, 15_000, () => health(grpc).catch(() => undefined));
    const until_ = Date.now() + aloneForMs;
    while (Date.now() < until_) {
      const status = await health(grpc);
      expect(status === 'NOT_SERVING', `${app} says ${status} without a quorum`);
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
    for (const service of await services(folder)) {
      await aloneAndStopped(service, folder, note);
      await badKeys(service, folder, note);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
