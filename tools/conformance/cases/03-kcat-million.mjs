import { milenaJson, startCluster } from '../cluster.mjs';
import { produceLines, readAll } from '../clients/kcat.mjs';
import { expect } from '../process.mjs';

export const title = 'a million records by kcat, idempotent, acks=all, plain and in every codec, read back as sent';
export const needs = ['kcat'];

const producers = 2;
const recordsEach = 500_000;

/** Writes `recordsEach` lines of 100 bytes, `producer:sequence:padding`, minding back-pressure. */
const lines = (producer) => async (stdin) => {
  const batch = 10_000;
  for (let from = 0; from < recordsEach; from += batch) {
    let text = '';
    for (let sequence = from; sequence < from + batch; sequence += 1)
      text += `${`${producer}:${sequence}:`.padEnd(100, 'x')}\n`;
    if (!stdin.write(text)) await new Promise((resolve) => stdin.once('drain', resolve));
  }
  stdin.end();
};

function check(rows) {
  expect(rows.length === producers * recordsEach, `${rows.length} records read, ${producers * recordsEach} sent`);
  const seen = Array.from({ length: producers }, () => new Uint8Array(recordsEach));
  const last = new Map();
  for (const [partition, , value] of rows) {
    const [producer, sequence] = value.split(':', 2).map(Number);
    expect(value.length === 100, `a record of ${value.length} bytes`);
    expect(seen[producer][sequence] === 0, `${producer}:${sequence} stands twice`);
    seen[producer][sequence] = 1;
    const key = `${producer}/${partition}`;
    expect(
      (last.get(key) ?? -1) < sequence,
      `${producer}:${sequence} stands after ${last.get(key)} in partition ${partition}`,
    );
    last.set(key, sequence);
  }
  expect(last.size > producers, 'records went to several partitions');
}

export async function run(note) {
  const cluster = await startCluster();
  try {
    note(`3 + 3 processes ready after ${Math.round(cluster.readyAfterMs)} ms`);
    for (const codec of ['none', 'gzip', 'snappy', 'lz4', 'zstd']) {
      const topic = `million-${codec}`;
      const address = ['--bootstrap-server', cluster.bootstrap];
      await milenaJson('topic', 'create', topic, '--partitions', '6', '--replication-factor', '3', ...address);
      const started = Date.now();
      await Promise.all(
        Array.from({ length: producers }, (_, index) =>
          produceLines(cluster.bootstrap, topic, lines(index), { codec }),
        ),
      );
      const produced = Date.now();
      const rows = await readAll(cluster.bootstrap, topic);
      const read = Date.now();
      check(rows);
      note(`${codec}: produced in ${produced - started} ms, read in ${read - produced} ms`);
      await milenaJson('topic', 'delete', topic, ...address);
    }
  } catch (error) {
    error.message += `\n${cluster.recentLog()}`;
    throw error;
  } finally {
    await cluster.stop();
  }
}
