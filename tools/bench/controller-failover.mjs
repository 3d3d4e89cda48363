// How long administrators wait when the active controller goes: three real controllers with default timeouts, brokers that
// keep no logs, and a caller who creates topics at all controllers without pause, again after a millisecond when refused.
// The clock runs from the signal to the first create that another controller has committed.
//   CONTROLLER_FAILOVER_ROUNDS (30)      CONTROLLER_FAILOVER_PARTITIONS (0): loaded before
import { milenaJson, startCluster } from '../conformance/cluster.mjs';
import { expect, spread, until } from '../conformance/process.mjs';
import { startOutside } from './outside/start-outside.mjs';

const rounds = Number(process.env.CONTROLLER_FAILOVER_ROUNDS ?? '30');
const partitions = Number(process.env.CONTROLLER_FAILOVER_PARTITIONS ?? '0');

export const title = `failover of the active controller, ${rounds} rounds each, ${partitions} partitions loaded`;

const signals = ['SIGKILL', 'SIGTERM', 'SIGSTOP'];
const width = 1_000;
const withinMs = 15_000;

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

async function round({ cluster, client, listeners, ids }, signal) {
  const { leaderId } = await allLevel(cluster, listeners);
  const pid = cluster.pid('controller', leaderId);
  const outcome = await client.ask('fail', { pid, signal, index: ids.indexOf(leaderId), withinMs });
  expect(Number.isFinite(outcome.ms), `${signal}: nobody took over within ${withinMs} ms`);
  if (signal === 'SIGSTOP') {
    expect(outcome.isRefused && outcome.isFree, 'a controller that was stopped changed something when it was woken');
    return outcome.ms;
  }
  await cluster.exited('controller', leaderId, 20_000);
  cluster.restart('controller', leaderId);
  return outcome.ms;
}

export async function run(print) {
  const cluster = await startCluster({ controllers: 3, brokers: 1 });
  const ids = cluster.ids('controller');
  const listeners = ids.map((id) => cluster.listener('controller', id, 'CONTROLLER'));
  const { clusterId } = await milenaJson('quorum', 'describe', '--bootstrap-controller', listeners.join());
  const client = await startOutside(clusterId, listeners);
  try {
    cluster.signal('broker', 1, 'SIGTERM');
    await cluster.exited('broker', 1, 20_000);
    await client.ask('brokers', { count: 3 });
    if (partitions > 0) await client.ask('load', { partitions, width });
    for (const signal of signals) {
      const times = [];
      for (let done = 0; done < rounds; done += 1) times.push(await round({ cluster, client, listeners, ids }, signal));
      print(`${signal}: ${spread(times)}`);
    }
    print('no controller that was stopped and woken changed anything');
  } finally {
    client.stop();
    await cluster.stop();
  }
}
