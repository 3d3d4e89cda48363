import { startAdminLoad } from '../clients/admin-load.mjs';
import {
  configOf,
  describeQuorum,
  directoryOf,
  kafkaMetadataQuorum,
  startJoiner,
  untilQuorum,
} from '../clients/controllers.mjs';
import { milenaJson, startCluster } from '../cluster.mjs';
import { expect } from '../process.mjs';

export const title =
  'controllers are restarted one by one, then all replaced by kafka-metadata-quorum add and remove, and no admin write fails';
export const needs = ['kafkaTools'];

const level = (ids) => (quorum) =>
  quorum.voters.length === ids.length && quorum.voters.every(({ id, lag }) => ids.includes(id) && lag >= 0 && lag < 50);

async function restartOneByOne(cluster, ids) {
  for (const id of ids) {
    await untilQuorum('all voters to be level', cluster, ids, level(ids));
    cluster.signal('controller', id, 'SIGTERM');
    await cluster.exited('controller', id, 20_000);
    cluster.restart('controller', id);
  }
  await untilQuorum('all voters to be level', cluster, ids, level(ids));
}

/** The three ways into the quorum: Kafka's tool through a broker, our command, and the controller by itself. */
const ways = ['kafka-metadata-quorum', 'milena quorum', 'auto join'];

/** Replaces one voter by another and gives the new voters. */
async function replace(cluster, { old, id, voters, way }) {
  const bootstrap = voters.map((each) => cluster.listener('controller', each, 'CONTROLLER'));
  const set = { 'controller.quorum.auto.join.enable': `${way === 'auto join'}` };
  const config = await startJoiner(cluster, { id, model: old, bootstrap, set });
  if (way !== 'auto join') {
    const follows = ({ observers }) => observers.some((each) => each.id === id);
    await untilQuorum(`${id} to follow`, cluster, voters, follows);
  }
  if (way === 'kafka-metadata-quorum')
    await kafkaMetadataQuorum(cluster.bootstrap, { config, args: ['add-controller'] });
  if (way === 'milena quorum')
    await milenaJson('quorum', 'add-controller', '--config', config, '--bootstrap-controller', bootstrap.join());
  const wider = await untilQuorum(`${id} to vote`, cluster, voters, level([...voters, id]));
  const directory = directoryOf(wider, old);
  const args = ['remove-controller', '--controller-id', `${old}`, '--controller-directory-id', directory];
  await kafkaMetadataQuorum(cluster.bootstrap, { args });
  const left = [...voters.filter((each) => each !== old), id];
  await untilQuorum(`${old} to be out`, cluster, left, level(left));
  cluster.signal('controller', old, 'SIGTERM');
  await cluster.exited('controller', old, 20_000);
  return left;
}

export async function run(note) {
  const cluster = await startCluster({ controllers: 3, brokers: 1 });
  const first = cluster.ids('controller');
  const load = startAdminLoad(cluster.bootstrap);
  try {
    const { leaderId, voters } = await describeQuorum(cluster, first);
    const status = await kafkaMetadataQuorum(cluster.bootstrap, { args: ['describe', '--status'] });
    expect(new RegExp(`LeaderId:\\s+${leaderId}\\b`).test(status), `kafka-metadata-quorum says otherwise:\n${status}`);
    expect(status.includes(directoryOf({ voters }, leaderId)), `no directory id of the leader in:\n${status}`);
    const replication = await kafkaMetadataQuorum(cluster.bootstrap, { args: ['describe', '--replication'] });
    expect((replication.match(/Follower/g) ?? []).length === 2, `not two followers:\n${replication}`);
    expect(replication.includes('Observer'), `no observer:\n${replication}`);
    await restartOneByOne(cluster, first);
    note('every controller was restarted');
    let now = first;
    for (const [index, old] of first.entries())
      now = await replace(cluster, { old, id: old + 10, voters: now, way: ways[index] });
    expect(
      now.every((id) => !first.includes(id)),
      `old voters are left: ${now}`,
    );
    expect(configOf(cluster, now[0]) !== configOf(cluster, first[0]), 'the new controllers have files of their own');
    note(`voters are ${now.join(', ')}, formerly ${first.join(', ')}`);
  } catch (error) {
    error.message += `\n${cluster.recentLog()}`;
    throw error;
  } finally {
    const { created, failures, retries } = await load.stop();
    const there = await milenaJson('topic', 'list', '--bootstrap-server', cluster.bootstrap).catch(() => []);
    await cluster.stop();
    expect(failures.length === 0, `admin writes failed: ${failures.slice(0, 3).join('; ')}`);
    const names = new Set(there.map(({ name }) => name));
    const lost = created.filter((name) => !names.has(name));
    expect(lost.length === 0, `created and gone: ${lost.slice(0, 5).join(', ')}`);
    note(`${created.length} topics created meanwhile, asked again ${retries} times`);
  }
}
