import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseEndpoint } from '@milena/model';
import { CommandFailure } from '../command-failure';
import { commandLine } from './command-line';
import type { DevCluster } from './dev-cluster';
import { devKind, STOP_ORDER } from './dev-kinds';
import type { DevNode } from './dev-node';
import { createHealthProbe } from './readiness-probe';
import type { DevProcess } from './ready-line';

/** Folder of the bundles: this file ends up in <bundles>/milena/program.js. */
const BUNDLES = join(__dirname, '..');

/**
 * Has glibc give freed memory back to the system. Left to itself it keeps ever more of it, up to 64 MiB at the top of its heap,
 * after one large block was freed; it reads this only when a process starts.
 */
const FREES_MEMORY = { MALLOC_TRIM_THRESHOLD_: '131072' };

interface Child {
  readonly process: DevProcess;
  readonly handle: ChildProcess;
}

/**
 * Starts every node as a process of its own from its own bundle, all at once. What dies is not started again; stderr
 * says how to. The processes are session leaders, so that a terminal's Ctrl-C reaches them through us, in order; should
 * we be killed, they see their IPC channel close and stop by themselves.
 */
export function startSpawnedCluster(nodes: readonly DevNode[], environment: NodeJS.ProcessEnv): DevCluster {
  let stopping = false;
  let fail: (error: Error) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => (fail = reject));
  failed.catch(() => undefined);

  function onExit({ process: ended }: Child, how: string): void {
    if (stopping) return;
    const { role, id, pid, argv } = ended;
    process.stderr.write(
      `milena: ${role} ${id} (pid ${pid}) ended (${how}); start it again with: ${commandLine(argv)}\n`,
    );
    fail(new CommandFailure(1, `${role} ${id} ended (${how}) before the cluster was ready`));
  }

  const children = nodes.map((node) => {
    const child = spawnNode(node, environment);
    child.handle.on('error', (error) => onExit(child, error.message));
    child.handle.on('exit', (code, signal) => onExit(child, signal ?? `code ${code}`));
    return child;
  });

  async function stop(): Promise<void> {
    stopping = true;
    for (const roles of STOP_ORDER) {
      const together = children.filter((child) => roles.includes(child.process.role));
      await Promise.all(together.map(({ handle, process: { role } }) => stopChild(handle, devKind(role).stopWithinMs)));
    }
  }

  const probe = ({ role, listeners }: DevNode) =>
    createHealthProbe(parseEndpoint(listeners[devKind(role).grpc] ?? '') ?? { host: '', port: 0 });
  return { processes: children.map((child) => child.process), failed, probe, stop };
}

function spawnNode(node: DevNode, env: NodeJS.ProcessEnv): Child {
  const cwd = process.cwd();
  const argv = [process.execPath, join(BUNDLES, devKind(node.role).app, 'main.js'), '--config', node.configFile];
  const handle = spawn(process.execPath, argv.slice(1), {
    cwd,
    env: { ...FREES_MEMORY, ...env },
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return { handle, process: { ...node, pid: handle.pid ?? 0, argv, cwd } };
}

async function stopChild(handle: ChildProcess, withinMs: number): Promise<void> {
  if (handle.exitCode !== null || handle.signalCode !== null || handle.pid === undefined) return;
  const ended = once(handle, 'exit');
  const timer = setTimeout(() => handle.kill('SIGKILL'), withinMs);
  handle.kill('SIGTERM');
  await ended;
  clearTimeout(timer);
}
