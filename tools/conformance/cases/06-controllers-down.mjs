import { setTimeout as delay } from 'node:timers/promises';
import { milenaJson, startCluster } from '../cluster.mjs';
import { readAll, readSome } from '../clients/kcat.mjs';
import { judge, startLoad } from '../clients/load.mjs';
import { expect, until } from '../process.mjs';

export const title = 'two minutes without any controller: clients go on, admin writes fail clearly, everything resumes';
export const needs = ['kcat', 'python'];

const topic = 'orphaned';
const outageMs = 120_000;
const stopWithinMs = 10_000;

async function duringOutage(cluster, load, note) {
  const before = load.rows().length;
  const started = Date.now();
  const refusal = await milenaJson(
    'topic',
    'create',
    'impossible',
    '--partitions',
    '1',
    '--bootstrap-server',
    cluster.bootstrap,
  ).then(
    () => expect(false, 'a topic was created without a controller'),
    (error) => error.message,
  );
  expect(
    /NOT_CONTROLLER|REQUEST_TIMED_OUT|BROKER_NOT_AVAILABLE/.test(refusal),
    `creating a topic answered: ${refusal}`,
  );
  note(
    `creating a topic: ${/NOT_CONTROLLER|REQUEST_TIMED_OUT|BROKER_NOT_AVAILABLE/.exec(refusal)[0]} after ${Date.now() - started} ms`,
  );
  const fresh = await readSome(cluster.bootstrap, topic, 100);
  expect(fresh.length === 100, `a new client read ${fresh.length} records`);
  await delay(outageMs - (Date.now() - started));
  const [leaving] = cluster.ids('broker').slice(-1);
  const stopping = Date.now();
  cluster.signal('broker', leaving, 'SIGTERM');
  await cluster.exited('broker', leaving, stopWithinMs);
  note(`broker ${leaving} stopped in ${Date.now() - stopping} ms`);
  const during = load.rows().length - before;
  expect(during > (outageMs / 1000) * 50, `only ${during} records were acknowledged in the outage`);
  return leaving;
}

export async function run(note) {
  const cluster = await startCluster();
  let load;
  try {
    const address = ['--bootstrap-server', cluster.bootstrap];
    await milenaJson('topic', 'create', topic, '--partitions', '6', '--replication-factor', '3', ...address);
    load = await startLoad({ bootstrap: cluster.bootstrap, topic, partitions: 6, rate: 200, folder: cluster.data });
    await until('the first acknowledgements', 10_000, () => load.rows().length > 100);
    for (const id of cluster.ids('controller')) await cluster.kill9('controller', id);
    const left = await duringOutage(cluster, load, note);
    for (const id of cluster.ids('controller')) cluster.restart('controller', id);
    cluster.restart('broker', left);
    await cluster.activeController();
    await until('a topic to be created', 30_000, () =>
      milenaJson('topic', 'create', 'resumed', '--partitions', '3', '--replication-factor', '3', ...address).then(
        () => true,
        () => undefined,
      ),
    );
    note(`broker ${left} back in every ISR after ${Math.round(await cluster.inEveryIsr(topic, left, 30_000))} ms`);
    note(judge(await load.stop(), await readAll(cluster.bootstrap, topic)));
  } catch (error) {
    error.message += `\n${cluster.recentLog()}`;
    throw error;
  } finally {
    load?.kill();
    await cluster.stop();
  }
}
