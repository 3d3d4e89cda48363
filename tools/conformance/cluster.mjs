// A cluster of real processes, started as a user starts it (`milena dev --json`), and torn at as an operator fears it.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';
import { metadataOf } from './clients/kcat.mjs';
import { run, until } from './process.mjs';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
/** The command line's bundle. */
export const milena = join(root, 'dist', 'apps', 'milena', 'main.js');

/** Runs the `milena` command line and gives its standard output parsed as JSON. */
export async function milenaJson(...args) {
  const { stdout } = await run(process.execPath, [milena, ...args, '-o', 'json'], { timeoutMs: 30_000 });
  return JSON.parse(stdout);
}

/**
 * Starts that many processes of each kind on free ports and resolves when the ready line has come. `env` is added to what
 * every process sees; `log` is given all they write to stderr.
 */
export async function startCluster({
  controllers = 3,
  brokers = 3,
  gateways = 0,
  shims = 0,
  set = [],
  env = {},
  log,
  readyWithinMs = 60_000,
} = {}) {
  const data = mkdtempSync(join(tmpdir(), 'milena-conformance-'));
  const counts = Object.entries({ controllers, brokers, gateways, shims });
  const args = [milena, 'dev', '--json', '--any-port', '--data', data];
  args.push(...counts.flatMap(([kind, count]) => [`--${kind}`, `${count}`]));
  for (const setting of set) args.push('--set', setting);
  const started = performance.now();
  const environment = { ...process.env, ...env };
  const dev = spawn(process.execPath, args, { cwd: root, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const errors = [];
  dev.stderr.on('data', (chunk) => {
    keep(errors, chunk);
    log?.(chunk);
  });
  const line = await firstLine(dev, readyWithinMs).catch((error) => {
    dev.kill('SIGKILL');
    throw new Error(`${error.message}\n${Buffer.concat(errors).toString().slice(-4000)}`);
  });
  return new Cluster({
    dev,
    ready: JSON.parse(line),
    data,
    readyAfterMs: performance.now() - started,
    errors,
    environment,
    log,
  });
}

function keep(errors, chunk) {
  errors.push(chunk);
  if (errors.length > 2000) errors.shift();
}

function firstLine(child, timeoutMs) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ready line within ${timeoutMs} ms`)), timeoutMs);
    createInterface({ input: child.stdout }).once('line', (line) => (clearTimeout(timer), resolve(line)));
    child.once(
      'exit',
      (code) => (clearTimeout(timer), reject(new Error(`dev ended with code ${code} before it was ready`))),
    );
  });
}

/**
 * Handles on the processes of a cluster. `ready` is what the ready line says; whoever made the processes by other means than
 * `milena dev` gives the same shape, and no `dev`.
 */
export class Cluster {
  #restarted = new Map();

  constructor({ dev, ready, data, readyAfterMs, errors, environment = process.env, log }) {
    Object.assign(this, { dev, ready, data, readyAfterMs, errors, environment, log, bootstrap: ready.bootstrap });
  }

  process(role, id) {
    const found = this.ready.processes.find((each) => each.role === role && each.id === id);
    if (found === undefined) throw new Error(`no ${role} ${id}`);
    return found;
  }

  ids(role) {
    return this.ready.processes.filter((each) => each.role === role).map((each) => each.id);
  }

  /** Address of a process's listener, `host:port`. */
  listener(role, id, name) {
    return this.process(role, id).listeners[name];
  }

  pid(role, id) {
    return this.#restarted.get(id)?.pid ?? this.process(role, id).pid;
  }

  signal(role, id, signal) {
    process.kill(this.pid(role, id), signal);
  }

  isAlive(role, id) {
    try {
      process.kill(this.pid(role, id), 0);
      return true;
    } catch {
      return false;
    }
  }

  /** Waits for the process to end; its exit code when this object started it. */
  async exited(role, id, timeoutMs) {
    const child = this.#restarted.get(id);
    await until(`${role} ${id} to exit`, timeoutMs, () =>
      child ? child.exitCode !== null || child.signalCode !== null : !this.isAlive(role, id),
    );
    return child?.exitCode;
  }

  async kill9(role, id) {
    this.signal(role, id, 'SIGKILL');
    await this.exited(role, id, 5_000);
  }

  /** Starts the process again with the argv the ready line gave. */
  restart(role, id, extra = []) {
    const { argv, cwd } = this.process(role, id);
    const stdio = ['ignore', 'ignore', 'pipe'];
    const child = spawn(argv[0], [...argv.slice(1), ...extra], { cwd, stdio, env: this.environment });
    child.stderr.on('data', (chunk) => {
      keep(this.errors, chunk);
      this.log?.(chunk);
    });
    this.#restarted.set(id, child);
    return child;
  }

  /** Ends every process with `signal`, those who ask before those who are asked, and starts them all again. */
  async restartAll(signal) {
    const { processes } = this.ready;
    for (const roles of [['gateway', 'zookeeper'], ['broker'], ['controller']]) {
      const ofRoles = processes.filter(({ role }) => roles.includes(role));
      for (const { role, id } of ofRoles) if (this.isAlive(role, id)) this.signal(role, id, signal);
      for (const { role, id } of ofRoles) await this.exited(role, id, 20_000);
    }
    for (const { role, id } of processes) this.restart(role, id);
    await this.seesBrokers(this.ids('broker').length, 60_000);
  }

  /** Waits until clients are told of `count` brokers. */
  seesBrokers(count, timeoutMs) {
    return until(`${count} brokers in metadata`, timeoutMs, async () => {
      const metadata = await metadataOf(this.bootstrap).catch(() => undefined);
      return metadata?.brokers.length === count && metadata.controllerid !== -1;
    });
  }

  /** Address of a process's `/metrics`, `/healthz` and `/readyz`. */
  monitor(role, id) {
    return this.listener(role, id, role === 'gateway' ? 'HTTP' : 'monitor');
  }

  /** Id of the active controller, asked of every live controller until one leads. */
  async activeController(timeoutMs = 15_000) {
    return until('an active controller', timeoutMs, async () => {
      for (const id of this.ids('controller').filter((each) => this.isAlive('controller', each))) {
        try {
          const quorum = await milenaJson(
            'quorum',
            'describe',
            '--bootstrap-controller',
            this.listener('controller', id, 'CONTROLLER'),
          );
          if (quorum.leaderId >= 0 && this.isAlive('controller', quorum.leaderId)) return quorum.leaderId;
        } catch {
          // that controller may be starting; the next one may know
        }
      }
      return undefined;
    });
  }

  /** Waits until `brokerId` is in the ISR of every partition of `topic` that it replicates. */
  async inEveryIsr(topic, brokerId, timeoutMs) {
    const started = performance.now();
    await until(`broker ${brokerId} in every ISR of ${topic}`, timeoutMs, async () => {
      const metadata = await metadataOf(this.bootstrap, topic).catch(() => undefined);
      const partitions = metadata?.topics.find((each) => each.topic === topic)?.partitions ?? [];
      const mine = partitions.filter(({ replicas }) => replicas.some((replica) => replica.id === brokerId));
      return mine.length > 0 && mine.every(({ isrs }) => isrs.some((replica) => replica.id === brokerId));
    });
    return performance.now() - started;
  }

  /** The last lines the processes wrote, for a failure's report. */
  recentLog() {
    return Buffer.concat(this.errors).toString().slice(-6000);
  }

  async stop() {
    const ours = [...this.#restarted.values(), ...(this.dev === undefined ? [] : [this.dev])];
    const running = () => ours.filter((child) => child.exitCode === null && child.signalCode === null);
    for (const child of running()) child.kill('SIGTERM');
    await until('every process to stop', 20_000, () => running().length === 0).catch(() => {});
    for (const child of running()) child.kill('SIGKILL');
    // what a killed `dev` left behind
    for (const { role, id } of this.ready.processes) if (this.isAlive(role, id)) this.signal(role, id, 'SIGKILL');
    rmSync(this.data, { recursive: true, force: true });
  }
}
