import { spawn } from 'node:child_process';
import { once } from 'node:events';

const STOP_WITHIN_MS = 5_000;

/** The demo's clients, in a process of their own: they are users of the cluster, not part of it. */
export interface DemoChild {
  stop(): Promise<void>;
}

/** Starts the demo against a cluster that is ready. It ends with us, however we end; should it fail, it says why on stderr. */
export function startDemo(bootstrap: string): DemoChild {
  const script = process.argv[1] ?? '';
  const child = spawn(process.execPath, [script, 'demo-traffic', '--bootstrap-server', bootstrap], {
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  child.on('error', (error) => process.stderr.write(`milena: the demo cannot run: ${error.message}\n`));
  return {
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
      const ended = once(child, 'exit');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
      child.kill('SIGTERM');
      await ended;
      clearTimeout(timer);
    },
  };
}
