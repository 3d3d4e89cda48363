// An administrator who creates topics one after the other, again when told to, and remembers what was promised.
import { setTimeout as delay } from 'node:timers/promises';
import { milena } from '../cluster.mjs';
import { run } from '../process.mjs';

/** What a caller may be told while controllers come and go, and asks again. */
const retriable = /NOT_CONTROLLER|REQUEST_TIMED_OUT|LEADER_NOT_AVAILABLE|COORDINATOR|no answer|timed out/i;

/** Starts it; `stop()` ends it and gives the topics that were created, how often it asked again, and what was never to be. */
export function startAdminLoad(bootstrap) {
  const created = [];
  const failures = [];
  let retries = 0;
  let isRunning = true;
  const attempt = (name) => {
    const args = [
      'topic',
      'create',
      name,
      '--partitions',
      '1',
      '--replication-factor',
      '1',
      '--bootstrap-server',
      bootstrap,
    ];
    return run(process.execPath, [milena, ...args], { anyExit: true, timeoutMs: 60_000 });
  };
  const work = (async () => {
    for (let serial = 0; isRunning; serial += 1) {
      const name = `load-${serial}`;
      for (let tries = 0; ; tries += 1) {
        const { code, stderr } = await attempt(name);
        // asked again, a topic that is there may be what the attempt before was not told of
        if (code === 0 || (tries > 0 && stderr.includes('TOPIC_ALREADY_EXISTS'))) {
          created.push(name);
          break;
        }
        if (!retriable.test(stderr) || tries === 20) {
          failures.push(`${name}: ${stderr.trim()}`);
          break;
        }
        retries += 1;
        await delay(50);
      }
    }
  })();
  return {
    async stop() {
      isRunning = false;
      await work;
      return { created, failures, retries };
    },
  };
}
