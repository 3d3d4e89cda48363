import { milenaJson, startCluster } from '../cluster.mjs';
import { metadataOf, readAll } from '../clients/kcat.mjs';
import { judge, startLoad } from '../clients/load.mjs';
import { spread } from '../process.mjs';

export const title =
  'ten rounds of kill -9 of the busiest broker and of the active controller lose, repeat and reorder nothing';
export const needs = ['kcat', 'python'];

const topic = 'kills';
const rounds = 10;
const rejoinWithinMs = 30_000;

/** Broker that leads most partitions of the topic. */
export async function busiestBroker(cluster) {
  const metadata = await metadataOf(cluster.bootstrap, topic);
  const led = new Map();
  for (const { leader } of metadata.topics[0].partitions) led.set(leader, (led.get(leader) ?? 0) + 1);
  return [...led].filter(([id]) => id >= 0).sort((left, right) => right[1] - left[1])[0][0];
}

export async function run(note) {
  const cluster = await startCluster({ set: ['broker.session.timeout.ms=3000'] });
  let load;
  try {
    await milenaJson(
      'topic',
      'create',
      topic,
      '--partitions',
      '6',
      '--replication-factor',
      '3',
      '--bootstrap-server',
      cluster.bootstrap,
    );
    load = await startLoad({ bootstrap: cluster.bootstrap, topic, partitions: 6, folder: cluster.data });
    const rejoined = [];
    for (let round = 0; round < rounds; round += 1) {
      const broker = await busiestBroker(cluster);
      await cluster.kill9('broker', broker);
      cluster.restart('broker', broker);
      rejoined.push(await cluster.inEveryIsr(topic, broker, rejoinWithinMs));
      const controller = await cluster.activeController();
      await cluster.kill9('controller', controller);
      cluster.restart('controller', controller);
    }
    await cluster.activeController();
    const rows = await load.stop();
    note(judge(rows, await readAll(cluster.bootstrap, topic)));
    note(`broker back in every ISR: ${spread(rejoined)}`);
  } catch (error) {
    error.message += `\n${cluster.recentLog()}`;
    throw error;
  } finally {
    load?.kill();
    await cluster.stop();
  }
}
