// How long administrators wait when the active controller goes: three real controllers with default timeouts, brokers that
// keep no logs, and a caller who creates topics at all controllers without pause, again after a millisecond when refused.
// The clock runs from the signal, or from the moment its network is cut, to the first create that another controller has
// committed. Controllers have time to rehearse elections before, as they do when they have followed for some seconds.
//   CONTROLLER_FAILOVER_ROUNDS (30)      CONTROLLER_FAILOVER_PARTITIONS (0): loaded before
import { milenaJson, startCluster } from '../conformance/cluster.mjs';
import { spread, until } from '../conformance/process.mjs';
import { disturbances, failController, sayWhatIsMissing } from './outside/fail-controller.mjs';
import { Rehearsals } from './outside/rehearsals.mjs';
import { startOutside } from './outside/start-outside.mjs';

const rounds = Number(process.env.CONTROLLER_FAILOVER_ROUNDS ?? '30');
const partitions = Number(process.env.CONTROLLER_FAILOVER_PARTITIONS ?? '0');

export const title = `failover of the active controller, ${rounds} rounds each, ${partitions} partitions loaded`;

const width = 1_000;

/** Waits until every controller follows or leads, level with the log. */
function allLevel(cluster, listeners) {
  return until('all controllers to be level', 60_000, async () => {
    const described = await milenaJson('quorum', 'describe', '--bootstrap-controller', listeners.join()).catch(
      () => undefined,
    );
    const voters = described?.voters ?? [];
    return voters.length === listeners.length && voters.every(({ lag }) => lag >= 0 && lag < 50)
      ? described
      : undefined;
  });
}

export async function run(print) {
  const rehearsals = new Rehearsals();
  const cluster = await startCluster({ controllers: 3, brokers: 1, log: (chunk) => rehearsals.take(String(chunk)) });
  const ids = cluster.ids('controller');
  const listeners = ids.map((id) => cluster.listener('controller', id, 'CONTROLLER'));
  const { clusterId } = await milenaJson('quorum', 'describe', '--bootstrap-controller', listeners.join());
  const outside = await startOutside(clusterId, listeners);
  try {
    cluster.signal('broker', 1, 'SIGTERM');
    await cluster.exited('broker', 1, 20_000);
    await outside.ask('brokers', { count: 3 });
    if (partitions > 0) await outside.ask('load', { partitions, width });
    for (const how of disturbances) {
      const times = [];
      for (let done = 0; done < rounds; done += 1) {
        const { leaderId } = await allLevel(cluster, listeners);
        times.push(await failController({ cluster, outside, ids, rehearsals }, { leaderId, how }));
      }
      print(`${how}: ${spread(times)}`);
    }
    print('no controller that was stopped or cut off changed anything when it came back');
    sayWhatIsMissing(print);
  } finally {
    outside.stop();
    await cluster.stop();
  }
}
