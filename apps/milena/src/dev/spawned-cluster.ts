import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { CommandFailure } from '../command-failure';
import type { DevCluster } from './dev-cluster';
import type { DevNode } from './dev-node';
import { commandLine, type DevProcess } from './ready-line';

/** Folder of the bundles: this file ends up in <bundles>/milena/program.js. */
const BUNDLES = join(__dirname, '..');
const APPS = { controller: 'controller-quorum', broker: 'broker' } as const;
/** A service ends itself within 10 s; what is left then is killed. */
const STOP_WITHIN_MS = { broker: 11_000, controller: 5_000 } as const;

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
    for (const role of ['broker', 'controller'] as const) {
      const ofRole = children.filter((child) => child.process.role === role);
      await Promise.all(ofRole.map(({ handle }) => stopChild(handle, STOP_WITHIN_MS[role])));
    }
  }

  return { processes: children.map((child) => child.process), failed, stop };
}

function spawnNode(node: DevNode, env: NodeJS.ProcessEnv): Child {
  const cwd = process.cwd();
  const argv = [process.execPath, join(BUNDLES, APPS[node.role], 'main.js'), '--config', node.configFile];
  const handle = spawn(process.execPath, argv.slice(1), {
    cwd,
    env,
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
