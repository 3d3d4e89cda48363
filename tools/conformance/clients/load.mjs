// Starts and stops the continuous load of load.py and judges what it was told against what the log holds.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, until } from '../process.mjs';
import { python } from '../prerequisites.mjs';

/** Starts the load; `stop()` ends it, waits for every outcome and returns the rows. */
export async function startLoad({ bootstrap, topic, partitions, producer = 'p', rate = 500, folder }) {
  const acks = join(folder, `acks-${producer}.jsonl`);
  const script = join(import.meta.dirname, 'load.py');
  const args = [
    script,
    '--bootstrap',
    bootstrap,
    '--topic',
    topic,
    '--partitions',
    `${partitions}`,
    '--producer',
    producer,
  ];
  const child = spawn(python(), [...args, '--rate', `${rate}`, '--acks', acks], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  await until('the load to start', 15_000, () => output.includes('started'));
  const rows = () =>
    readFileSync(acks, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  return {
    rows,
    isRunning: () => child.exitCode === null,
    /** Where it stands, for messages of failed expectations. */
    describe() {
      const all = rows();
      const acknowledged = all.filter(({ error }) => error === undefined).length;
      return `${child.exitCode === null ? 'runs' : `ended: ${output}`}, ${acknowledged} of ${all.length} acknowledged`;
    },
    async stop() {
      child.kill('SIGTERM');
      await until('the load to flush', 120_000, () => child.exitCode !== null);
      expect(child.exitCode === 0, `the load ended with code ${child.exitCode}: ${output.slice(-1000)}`);
      return rows();
    },
    kill: () => child.kill('SIGKILL'),
  };
}

/** No acknowledged record lost, none twice, each producer's records of a partition in the order sent. Returns a summary. */
export function judge(rows, log) {
  const acknowledged = rows.filter((row) => row.error === undefined);
  const seen = new Map();
  const last = new Map();
  for (const [partition, offset, value] of log) {
    expect(!seen.has(value), `${value} stands twice: ${seen.get(value)} and ${partition}@${offset}`);
    seen.set(value, `${partition}@${offset}`);
    const [producer, sequence] = value.split(':');
    const key = `${producer}/${partition}`;
    expect(
      (last.get(key) ?? -1) < Number(sequence),
      `${value} stands after ${producer}:${last.get(key)} in partition ${partition}`,
    );
    last.set(key, Number(sequence));
  }
  for (const { value, partition, offset } of acknowledged) {
    expect(seen.has(value), `${value} was acknowledged at ${partition}@${offset} and is lost`);
    expect(
      seen.get(value) === `${partition}@${offset}`,
      `${value} was acknowledged at ${partition}@${offset} but stands at ${seen.get(value)}`,
    );
  }
  expect(acknowledged.length > 0, 'nothing was acknowledged');
  return `${acknowledged.length} acknowledged, ${rows.length - acknowledged.length} failed, ${log.length} in the log`;
}
