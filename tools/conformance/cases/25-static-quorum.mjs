import { kafkaMetadataQuorum, startJoiner, untilQuorum } from '../clients/controllers.mjs';
import { kafkaTool } from '../clients/kafka-tools.mjs';
import { startCombinedNodes } from '../combined-nodes.mjs';
import { milenaJson } from '../cluster.mjs';
import { expect, until } from '../process.mjs';
import { readProperties, writeProperties } from '../properties.mjs';

export const title =
  "Kafka's kafka-features moves a quorum of static voters to kraft.version 1; then a controller is added, and the old setting forgotten";
export const needs = ['kcat', 'kafkaTools'];

const feature = 'kraft.version';
const boundMs = 60_000;

/** What the tool prints of a command that may fail. */
function features(cluster, ...args) {
  return kafkaTool('kafka-features', cluster.bootstrap, ...args).catch((error) => error.message);
}

/** Finalized level of kraft.version as Kafka's tool shows it. */
async function level(cluster) {
  return /Feature: kraft\.version.*FinalizedVersionLevel: (\d+)/.exec(await features(cluster, 'describe'))?.[1];
}

const upgrade = (cluster) => features(cluster, 'upgrade', '--feature', `${feature}=1`);

const allVote = (ids) => (quorum) =>
  quorum.voters.length === ids.length && quorum.voters.every(({ id, lag }) => ids.includes(id) && lag >= 0 && lag < 50);

/** While a voter is away, it has not told the leader which directory it has: the operator hears its number. */
async function refusesWithout(cluster, [away, ...others]) {
  for (const id of [away, ...others]) await cluster.kill9('broker', id);
  for (const id of others) cluster.restart('broker', id);
  const refused = await until('the quorum of two to answer', boundMs, async () => {
    const text = await upgrade(cluster);
    return /Could not upgrade|voter|controller/.test(text) && !/TimeoutException|NOT_CONTROLLER/.test(text) ? text : '';
  });
  expect(
    new RegExp(`(voter|controller) ${away} has not told`).test(refused),
    `the refusal does not name it:\n${refused}`,
  );
  expect((await level(cluster)) === '0', `kraft.version is ${await level(cluster)} after the refusal`);
  cluster.restart('broker', away);
  await cluster.seesBrokers(others.length + 1, boundMs);
}

/** The setting of static voters gives way to bootstrap servers, one node after the other. */
async function forgetsTheSetting(cluster, ids, servers) {
  for (const id of ids) {
    const { argv } = cluster.process('broker', id);
    const config = argv[argv.indexOf('--config') + 1];
    const { 'controller.quorum.voters': _former, ...rest } = readProperties(config);
    writeProperties(config, { ...rest, 'controller.quorum.bootstrap.servers': servers.join() });
    cluster.signal('broker', id, 'SIGTERM');
    await cluster.exited('broker', id, 20_000);
    cluster.restart('broker', id);
    await cluster.seesBrokers(ids.length, boundMs);
  }
}

export async function run(note) {
  const cluster = await startCombinedNodes();
  try {
    const ids = cluster.ids('controller');
    const servers = ids.map((id) => cluster.listener('controller', id, 'CONTROLLER'));
    expect((await level(cluster)) === '0', `static voters show kraft.version ${await level(cluster)}`);
    await refusesWithout(cluster, ids);
    note('refused while a voter was away');
    await until('the upgrade', boundMs, async () => !/Could not|rror/.test(await upgrade(cluster)));
    expect((await level(cluster)) === '1', `after the upgrade kraft.version is ${await level(cluster)}`);
    const back = await features(cluster, 'downgrade', '--feature', `${feature}=0`, '--unsafe');
    expect(/does not go back to static/.test(back), `a downgrade said:\n${back}`);
    const { voters } = await milenaJson('quorum', 'describe', '--bootstrap-controller', servers.join());
    expect(
      voters.every(({ directoryId }) => directoryId !== undefined),
      `voters without directory: ${JSON.stringify(voters)}`,
    );
    note(`kraft.version 1, voters ${voters.map(({ id }) => id).join(', ')}`);
    const set = { 'process.roles': 'controller', 'controller.quorum.voters': '' };
    const config = await startJoiner(cluster, { id: 14, model: ids[0], bootstrap: servers, set });
    const follows = ({ observers }) => observers.some(({ id }) => id === 14);
    await untilQuorum('14 to follow', cluster, ids, follows);
    await kafkaMetadataQuorum(cluster.bootstrap, { config, args: ['add-controller'] });
    await untilQuorum('14 to vote', cluster, ids, allVote([...ids, 14]));
    await forgetsTheSetting(cluster, ids, servers);
    await untilQuorum('all to vote', cluster, ids, allVote([...ids, 14]));
    note('14 was added, and every node restarted without controller.quorum.voters');
  } catch (error) {
    error.message += `\n${cluster.recentLog()}`;
    throw error;
  } finally {
    await cluster.stop();
  }
}
