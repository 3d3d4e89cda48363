// Line 4 of the main job: rounds of kill -9 under continuous idempotent load, and the judgement of what the log then holds.
// Separate services and combined nodes go through the same.
import { milenaJson } from './cluster.mjs';
import { metadataOf, readAll } from './clients/kcat.mjs';
import { judge, startLoad } from './clients/load.mjs';
import { spread } from './process.mjs';

const topic = 'kills';
const partitions = 6;
const rejoinWithinMs = 30_000;

/** Broker that leads most partitions of the topic. */
async function busiestBroker(cluster) {
  const metadata = await metadataOf(cluster.bootstrap, topic);
  const led = new Map();
  for (const { leader } of metadata.topics[0].partitions) led.set(leader, (led.get(leader) ?? 0) + 1);
  return [...led].filter(([id]) => id >= 0).sort((left, right) => right[1] - left[1])[0][0];
}

/** Kills the busiest broker and then the active controller, `rounds` times; nothing may be lost, repeated or reordered. */
export async function killsUnderLoad(cluster, rounds, note) {
  const address = ['--bootstrap-server', cluster.bootstrap];
  await milenaJson('topic', 'create', topic, '--partitions', `${partitions}`, '--replication-factor', '3', ...address);
  const load = await startLoad({ bootstrap: cluster.bootstrap, topic, partitions, folder: cluster.data });
  try {
    const rejoined = [];
    for (let round = 0; round < rounds; round += 1) {
      const broker = await busiestBroker(cluster);
      await cluster.kill9('broker', broker);
      cluster.restart('broker', broker);
      rejoined.push(await cluster.inEveryIsr(topic, broker, rejoinWithinMs));
      const controller = await cluster.activeController();
      await cluster.kill9('controller', controller);
      cluster.restart('controller', controller);
      // a combined node is a broker too: the next kill must not meet it on its way back
      if (cluster.ids('broker').includes(controller))
        rejoined.push(await cluster.inEveryIsr(topic, controller, rejoinWithinMs));
    }
    await cluster.activeController();
    const rows = await load.stop();
    note(judge(rows, await readAll(cluster.bootstrap, topic)));
    note(`broker back in every ISR: ${spread(rejoined)}`);
  } finally {
    load.kill();
  }
}
