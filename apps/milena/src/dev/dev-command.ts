import { silentLogger } from '@milena/platform';
import { runService } from '@milena/telemetry';
import { awaitReady } from './await-ready';
import { banner } from './banner';
import { commandLine } from './command-line';
import { startDemo, type DemoChild } from './demo-child';
import type { DevCluster } from './dev-cluster';
import { DEV_KINDS } from './dev-kinds';
import { layOutCluster } from './dev-layout';
import { writeNodeConfigs, type DevNode } from './dev-node';
import type { DevOptions } from './dev-options';
import { formatNodes } from './format-nodes';
import { addressesOf, readyLine } from './ready-line';

const READY_WITHIN_MS = 60_000;
/** The demo, gateways and shims, brokers, controllers: each kind may take its time. */
const STOP_WITHIN_MS = 27_000;

/** `milena dev`: runs a whole cluster for development until it is told to stop. */
export function runDev(options: DevOptions, environment: NodeJS.ProcessEnv): void {
  const began = performance.now();
  const aborted = new AbortController();
  let cluster: DevCluster | undefined;
  let demo: DemoChild | undefined;

  async function start(): Promise<void> {
    const state = await layOutCluster(options);
    const nodes = writeNodeConfigs(state, options, environment);
    await formatNodes(state, nodes);
    aborted.signal.throwIfAborted();
    cluster = await startCluster(nodes, options, environment);
    const ready = awaitReady(cluster, { timeoutMs: READY_WITHIN_MS, signal: aborted.signal });
    await Promise.race([ready, cluster.failed]);
    const readyAfterMs = performance.now() - began;
    const { json, data } = options;
    const milena = commandWord(environment);
    const { processes } = cluster;
    if (options.demo) demo = startDemo(addressesOf(nodes).bootstrap);
    process.stdout.write(
      json ? readyLine(processes) : banner(processes, { data, milena, readyAfterMs, demo: options.demo }),
    );
  }

  async function stop(): Promise<void> {
    aborted.abort();
    await demo?.stop();
    await cluster?.stop();
  }

  const service = {
    stop,
    start: () =>
      start().catch(async (error: unknown) => {
        if (!aborted.signal.aborted) await stop();
        throw error;
      }),
  };
  runService(() => service, { name: 'milena', logger: silentLogger, stopWithinMs: STOP_WITHIN_MS });
}

/** How people run another command: as they ran this one. */
function commandWord(environment: NodeJS.ProcessEnv): string {
  if (environment['npm_lifecycle_event'] !== undefined) return 'npm run --silent milena --';
  return commandLine([process.execPath, process.argv[1] ?? 'milena']);
}

async function startCluster(
  nodes: readonly DevNode[],
  options: DevOptions,
  environment: NodeJS.ProcessEnv,
): Promise<DevCluster> {
  // Beside a banner for people only warnings are of interest; whoever reads JSON wants the whole story on stderr.
  const logLevel = environment['MILENA_LOG_LEVEL'] ?? (options.json ? 'info' : 'warn');
  const env = { ...environment, MILENA_LOG_LEVEL: logLevel };
  if (DEV_KINDS.every(({ group }) => options[group] <= 1)) {
    const { startLocalCluster } = await import('./local-cluster.js');
    return startLocalCluster(nodes, env);
  }
  const { startSpawnedCluster } = await import('./spawned-cluster.js');
  return startSpawnedCluster(nodes, env);
}
