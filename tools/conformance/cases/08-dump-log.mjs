import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { milenaJson, startCluster } from '../cluster.mjs';
import { dumpLog } from '../clients/kafka-tools.mjs';
import { metadataOf, produceLines } from '../clients/kcat.mjs';
import { expect } from '../process.mjs';

export const title =
  "Apache Kafka's dump-log reads our segments and indexes, after SIGTERM and after kill -9 with restart";
export const needs = ['kcat', 'kafkaTools'];

const topic = 'dumped';
const records = 20_000;

/** Dumps every segment and index of a partition folder, with the tool's own sanity checks. */
async function judgeFolder(folder) {
  const names = readdirSync(folder);
  const pick = (ending) => names.filter((name) => name.endsWith(ending)).map((name) => join(folder, name));
  const logs = await dumpLog(pick('.log'), '--deep-iteration');
  expect(
    !/invalid|error|exception|mismatch/i.test(logs.replaceAll('isvalid: true', '')),
    `dump-log complains:\n${logs.slice(0, 2000)}`,
  );
  const count = (logs.match(/\| offset: \d+/g) ?? []).length;
  for (const file of [...pick('.index'), ...pick('.timeindex')]) {
    const indexes = await dumpLog([file], '--deep-iteration');
    expect(
      !/mismatch|could not|error|exception|out of order|corrupt/i.test(indexes),
      `dump-log complains of ${file}:\n${indexes.slice(0, 2000)}`,
    );
    expect(/offset: \d+/.test(indexes), `no entry in ${file}`);
  }
  return { count, segments: pick('.log').length };
}

export async function run(note) {
  const cluster = await startCluster({
    controllers: 1,
    brokers: 1,
    set: ['log.segment.bytes=1048576', 'log.index.interval.bytes=4096'],
  });
  try {
    const address = ['--bootstrap-server', cluster.bootstrap];
    await milenaJson('topic', 'create', topic, '--partitions', '1', '--replication-factor', '1', ...address);
    const write = (stdin) => {
      for (let index = 0; index < records; index += 1) stdin.write(`${`${index}`.padEnd(200, '.')}\n`);
      stdin.end();
    };
    // Small batches, so that every segment has several index entries.
    await produceLines(cluster.bootstrap, topic, write, { batchRecords: 100 });
    const folder = join(cluster.data, 'broker-1', `${topic}-0`);
    for (const signal of ['SIGKILL', 'SIGTERM']) {
      cluster.signal('broker', 1, signal);
      await cluster.exited('broker', 1, 10_000);
      if (signal === 'SIGKILL') {
        cluster.restart('broker', 1);
        await cluster.inEveryIsr(topic, 1, 30_000);
        await metadataOf(cluster.bootstrap, topic);
        cluster.signal('broker', 1, 'SIGTERM');
        await cluster.exited('broker', 1, 10_000);
      }
      const { count, segments } = await judgeFolder(folder);
      expect(count === records, `${signal}: dump-log sees ${count} of ${records} records`);
      expect(segments > 2, `${signal}: only ${segments} segments`);
      note(`after ${signal}: ${count} records in ${segments} segments`);
      cluster.restart('broker', 1);
      await cluster.inEveryIsr(topic, 1, 30_000);
    }
  } catch (error) {
    error.message += `\n${cluster.recentLog()}`;
    throw error;
  } finally {
    await cluster.stop();
  }
}
