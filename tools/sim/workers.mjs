// The processes of tools/sim that run seeds.
import { fork } from 'node:child_process';
import { join } from 'node:path';

/** Short-lived garbage is most of what a run makes: a larger nursery spares the collector a tenth of the time. */
export const WORKER_FLAGS = ['--enable-source-maps', '--max-semi-space-size=64'];

/**
 * Processes that load `bundle`, at most `count` at a time. One that has run its tasks waits for more: its code is warm by
 * then, which takes ten seconds of a processor.
 */
export function createWorkers(bundle, count) {
  const idle = [];

  /** Starts a worker; `run` gives it one task at a time. */
  function startWorker() {
    const child = fork(join(import.meta.dirname, 'worker.mjs'), [bundle], {
      execArgv: WORKER_FLAGS,
    });
    let pending;
    child.on('message', (answer) => pending?.resolve(answer));
    child.on('exit', (code) => pending?.reject(new Error(`a simulation process ended with ${code}`)));
    return {
      run: (task) =>
        new Promise((resolve, reject) => {
          pending = { resolve, reject };
          child.send(task);
        }),
      end: () => {
        pending = undefined;
        if (child.connected) child.disconnect();
      },
    };
  }

  /** Runs all tasks that are still `wanted`, one per worker at a time; `onReport` says false to leave the rest. */
  async function runAll(tasks, onReport, wanted = () => true) {
    const queue = [...tasks];
    await Promise.all(
      Array.from({ length: Math.min(count, queue.length) }, async () => {
        const worker = idle.pop() ?? startWorker();
        try {
          for (let task = queue.shift(); task !== undefined; task = queue.shift()) {
            if (!wanted(task)) continue;
            if (onReport(task, await worker.run(task)) === false) queue.length = 0;
          }
        } catch (error) {
          worker.end();
          throw error;
        }
        idle.push(worker);
      }),
    );
  }

  /** Ends the processes that wait; tasks to come run in fresh ones. */
  function endAll() {
    for (const worker of idle.splice(0)) worker.end();
  }

  return { startWorker, runAll, endAll };
}
