// kcat (librdkafka), unmodified: the judge of metadata, produce and consume.
import { run } from '../process.mjs';

/** Cluster metadata as kcat prints it; `topics[].partitions[].{partition,leader,replicas[].id,isrs[].id}`. */
export async function metadataOf(bootstrap, topic) {
  const args = ['-b', bootstrap, '-L', '-J', '-m', '5', ...(topic === undefined ? [] : ['-t', topic])];
  const { stdout } = await run('kcat', args, { timeoutMs: 10_000 });
  return JSON.parse(stdout);
}

/** Produces lines written by `write(stdin)`, acks=all and idempotent; resolves when every one was acknowledged. */
export async function produceLines(
  bootstrap,
  topic,
  write,
  { codec = 'none', batchRecords = 10_000, timeoutMs = 300_000 } = {},
) {
  const args = ['-b', bootstrap, '-P', '-t', topic, '-z', codec, '-X', 'enable.idempotence=true', '-X', 'acks=all'];
  await run(
    'kcat',
    [
      ...args,
      '-X',
      `batch.num.messages=${batchRecords}`,
      '-X',
      'linger.ms=20',
      '-X',
      'queue.buffering.max.messages=200000',
    ],
    {
      input: write,
      timeoutMs,
    },
  );
}

/** Everything a topic holds, as rows [partition, offset, value], read to the end of every partition. */
export async function readAll(bootstrap, topic, { timeoutMs = 300_000 } = {}) {
  const args = [
    '-b',
    bootstrap,
    '-C',
    '-t',
    topic,
    '-o',
    'beginning',
    '-e',
    '-q',
    '-f',
    '%p %o %s\n',
    '-X',
    'check.crcs=true',
  ];
  const { stdout } = await run('kcat', args, { timeoutMs });
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [partition, offset] = line.split(' ', 2);
      return [Number(partition), Number(offset), line.slice(partition.length + offset.length + 2)];
    });
}

/** The first `count` records of a topic: for a topic that is written all the time and so has no end to read to. */
export async function readSome(bootstrap, topic, count) {
  const args = ['-b', bootstrap, '-C', '-t', topic, '-o', 'beginning', '-c', `${count}`, '-q', '-f', '%s\n'];
  const { stdout } = await run('kcat', args, { timeoutMs: 30_000 });
  return stdout.split('\n').filter((line) => line !== '');
}
