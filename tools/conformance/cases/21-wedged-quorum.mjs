import { setTimeout as delay } from 'node:timers/promises';
import { configOf, untilQuorum } from '../clients/controllers.mjs';
import { milena, milenaJson, startCluster } from '../cluster.mjs';
import { expect, run as runCommand, until } from '../process.mjs';

export const title =
  'two of three controllers gone is never reported ready, and quorum recover brings the cluster back with its topics';
export const needs = [];

const wedgedWithinMs = 15_000;
const watchedForMs = 8_000;

async function isReady(cluster, id) {
  const page = `http://${cluster.monitor('controller', id)}/readyz`;
  const response = await fetch(page, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
  return response?.status === 200;
}

/** Asks `/readyz` of a controller again and again, and keeps every time at which it said yes. */
function watchReadiness(cluster, id) {
  const yes = [];
  let [asked, isWatching] = [0, true];
  const watching = (async () => {
    for (; isWatching; await delay(50)) {
      if (await isReady(cluster, id)) yes.push(new Date().toISOString());
      asked += 1;
    }
  })();
  return {
    async stop() {
      isWatching = false;
      await watching;
      return { asked, yes };
    },
  };
}

const tryCreate = (cluster, name) =>
  runCommand(
    process.execPath,
    [
      milena,
      'topic',
      'create',
      name,
      '--partitions',
      '2',
      '--replication-factor',
      '1',
      '--bootstrap-server',
      cluster.bootstrap,
    ],
    { anyExit: true, timeoutMs: 60_000 },
  );

async function restarted(cluster, id) {
  cluster.signal('controller', id, 'SIGTERM');
  await cluster.exited('controller', id, 20_000);
  cluster.restart('controller', id);
  await until(`controller ${id} to serve`, 30_000, async () => {
    const page = `http://${cluster.monitor('controller', id)}/healthz`;
    return (await fetch(page, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined))?.status === 200;
  });
}

const recover = (config, ...more) =>
  runCommand(process.execPath, [milena, 'quorum', 'recover', '--config', config, '-o', 'json', ...more], {
    anyExit: true,
  });

export async function run(note) {
  const cluster = await startCluster({ controllers: 3, brokers: 1 });
  let watch;
  try {
    const created = ['first', 'second', 'third'];
    for (const name of created) expect((await tryCreate(cluster, name)).code === 0, `cannot create ${name}`);
    const survivor = await cluster.activeController();
    const lost = cluster.ids('controller').filter((id) => id !== survivor);
    for (const id of lost) await cluster.kill9('controller', id);
    await until(
      'the survivor to say that it is not ready',
      wedgedWithinMs,
      async () => !(await isReady(cluster, survivor)),
    );
    watch = watchReadiness(cluster, survivor);
    await delay(watchedForMs);
    const refused = await tryCreate(cluster, 'wedged');
    expect(refused.code !== 0, 'a topic was created without a majority');
    note(`without a majority: not ready, and creating says ${/[A-Z_]{6,}/.exec(refused.stderr)?.[0]}`);

    const config = configOf(cluster, survivor);
    const running = await recover(config, '--yes-i-accept-data-loss', 'anything');
    expect(running.code === 2, `a wrong cluster id was taken for consent: ${running.stdout}${running.stderr}`);
    await restarted(cluster, survivor);
    await delay(watchedForMs / 2);
    cluster.signal('controller', survivor, 'SIGTERM');
    await cluster.exited('controller', survivor, 20_000);
    const { asked, yes } = await watch.stop();
    expect(yes.length === 0, `a controller without a majority said that it was ready at ${yes}`);
    note(`asked ${asked} times, before and after a restart, it never said that it was ready`);
    const shown = await recover(config);
    const plan = JSON.parse(shown.stdout);
    expect(plan.done === false && plan.droppedVoters.length === 2, `the plan is ${shown.stdout}`);
    const done = await recover(config, '--yes-i-accept-data-loss', plan.clusterId);
    expect(done.code === 0, done.stderr);
    cluster.restart('controller', survivor);
    await untilQuorum('the survivor to lead alone', cluster, [survivor], ({ voters }) => voters.length === 1);
    await until(
      'a topic to be created again',
      30_000,
      async () => (await tryCreate(cluster, `after-${Date.now()}`)).code === 0,
    );
    const names = (await milenaJson('topic', 'list', '--bootstrap-server', cluster.bootstrap)).map(({ name }) => name);
    expect(
      created.every((name) => names.includes(name)),
      `topics are missing: ${names}`,
    );
    note(`recovered at epoch ${plan.newEpoch} with all ${created.length} topics`);

    for (const id of lost) cluster.restart('controller', id);
    await untilQuorum(
      'the former voters to follow',
      cluster,
      [survivor],
      ({ voters, observers }) => voters.length === 1 && lost.every((id) => observers.some((each) => each.id === id)),
    );
    for (const id of lost) {
      const at = cluster.listener('controller', survivor, 'CONTROLLER');
      await milenaJson('quorum', 'add-controller', '--config', configOf(cluster, id), '--bootstrap-controller', at);
    }
    await untilQuorum('three voters', cluster, [survivor], ({ voters }) => voters.length === 3);
    note('the former voters followed, and vote again once added');
  } catch (error) {
    error.message += `\n${cluster.recentLog()}`;
    throw error;
  } finally {
    await watch?.stop();
    await cluster.stop();
  }
}
