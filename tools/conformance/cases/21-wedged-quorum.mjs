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

const recover = (config, ...more) =>
  runCommand(process.execPath, [milena, 'quorum', 'recover', '--config', config, '-o', 'json', ...more], {
    anyExit: true,
  });

export async function run(note) {
  const cluster = await startCluster({ controllers: 3, brokers: 1 });
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
    for (const end = Date.now() + watchedForMs; Date.now() < end; await delay(100))
      expect(!(await isReady(cluster, survivor)), 'a controller without a majority said that it was ready');
    const refused = await tryCreate(cluster, 'wedged');
    expect(refused.code !== 0, 'a topic was created without a majority');
    note(`without a majority: not ready, and creating says ${/[A-Z_]{6,}/.exec(refused.stderr)?.[0]}`);

    const config = configOf(cluster, survivor);
    const running = await recover(config, '--yes-i-accept-data-loss', 'anything');
    expect(running.code === 2, `a wrong cluster id was taken for consent: ${running.stdout}${running.stderr}`);
    cluster.signal('controller', survivor, 'SIGTERM');
    await cluster.exited('controller', survivor, 20_000);
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
    await cluster.stop();
  }
}
