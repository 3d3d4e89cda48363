import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { untilQuorum } from '../clients/controllers.mjs';
import { dumpLog } from '../clients/kafka-tools.mjs';
import { milena, milenaJson, startCluster } from '../cluster.mjs';
import { expect, run as runCommand, until } from '../process.mjs';

export const title =
  "controllers write snapshots of the metadata, start again from them, and Apache Kafka's dump-log reads them";
export const needs = ['kafkaTools'];

const topics = 40;

/** Finished snapshots in a controller's metadata log, the bootstrap checkpoint left out. */
function snapshots(cluster, id) {
  const folder = join(cluster.data, `controller-${id}`, '__cluster_metadata-0');
  const names = readdirSync(folder).filter((name) => /^\d{20}-\d{10}\.checkpoint$/.test(name));
  return names.filter((name) => !name.startsWith('0'.repeat(20))).map((name) => join(folder, name));
}

export async function run(note) {
  const cluster = await startCluster({
    controllers: 3,
    brokers: 1,
    set: ['metadata.log.max.record.bytes.between.snapshots=1000'],
  });
  const ids = cluster.ids('controller');
  const address = ['--bootstrap-server', cluster.bootstrap];
  try {
    for (let serial = 0; serial < topics; serial += 1)
      await milenaJson(
        'topic',
        'create',
        `topic-${serial}`,
        '--partitions',
        '2',
        '--replication-factor',
        '1',
        ...address,
      );
    await until('a snapshot on every controller', 30_000, () => ids.every((id) => snapshots(cluster, id).length > 0));
    note(`snapshots: ${ids.map((id) => snapshots(cluster, id).length).join(', ')}`);

    for (const id of ids) {
      cluster.signal('controller', id, 'SIGTERM');
      await cluster.exited('controller', id, 20_000);
      cluster.restart('controller', id);
      await untilQuorum('all voters to be level', cluster, ids, ({ voters }) =>
        voters.every(({ lag }) => lag >= 0 && lag < 50),
      );
    }
    await milenaJson('topic', 'create', 'after', '--partitions', '1', '--replication-factor', '1', ...address);
    const names = (await milenaJson('topic', 'list', ...address)).map(({ name }) => name);
    expect(names.length === topics + 1, `${names.length} topics after the restarts: ${names}`);

    const snapshot = snapshots(cluster, ids[0]).at(-1);
    const dumped = await dumpLog([snapshot], '--deep-iteration');
    expect(
      !/invalid|exception|could not/i.test(dumped.replaceAll('isvalid: true', '')),
      `dump-log complains:\n${dumped.slice(0, 3000)}`,
    );
    expect(/isvalid: true/.test(dumped) && /Snapshot/i.test(dumped), `no snapshot in:\n${dumped.slice(0, 2000)}`);
    const { stdout } = await runCommand(process.execPath, [milena, 'metadata', 'dump', snapshot, '-o', 'ndjson']);
    const types = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).type);
    expect(types[0] === 'snapshot-header' && types.at(-1) === 'snapshot-footer', `the snapshot holds ${types}`);
    expect(types.includes('TopicRecord'), 'the snapshot holds no topics');
    note(`dump-log reads the newest, which holds ${types.length} records`);
  } catch (error) {
    error.message += `\n${cluster.recentLog()}`;
    throw error;
  } finally {
    await cluster.stop();
  }
}
