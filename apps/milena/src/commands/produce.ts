import type { MessageToProduce, Producer } from '@platformatic/kafka';
import { CommandFailure } from '../command-failure';
import { printRows, type Column } from '../output/printer';
import { readLines } from '../records/read-lines';
import { recordClientFailure } from '../records/record-client-failure';
import { bootstrapEndpoints } from '../kafka/bootstrap-endpoints';
import type { ClusterOptions } from './cluster-options';

/** After this many tries of the client, a second apart, a batch has failed. */
const RETRIES = 5;
const ACKS = { '0': 0, '1': 1, all: -1 } as const;

/** How records are compressed. */
export type Compression = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';

/** Options of `produce`. */
export interface ProduceOptions extends ClusterOptions {
  /** Divides each line into key and value. */
  readonly keySeparator?: string;
  /** `name:value` texts, on every record. */
  readonly header: readonly string[];
  readonly partition?: number;
  readonly acks: keyof typeof ACKS;
  readonly compression: Compression;
}

interface ProducedRow {
  readonly topic: string;
  readonly partition: number;
  readonly records: number;
  /** Null where nobody was asked to confirm. */
  readonly firstOffset: number | null;
  readonly lastOffset: number | null;
}

const COLUMNS: readonly Column<ProducedRow>[] = [
  { heading: 'TOPIC', cell: ({ topic }) => topic },
  { heading: 'PARTITION', cell: ({ partition }) => partition },
  { heading: 'RECORDS', cell: ({ records }) => records },
  { heading: 'FIRST', cell: ({ firstOffset }) => firstOffset ?? '-' },
  { heading: 'LAST', cell: ({ lastOffset }) => lastOffset ?? '-' },
];

type Message = MessageToProduce<Buffer, Buffer, Buffer, Buffer>;

/** `milena produce <topic>`: a record per line of standard input, sent as soon as it came; prints where they went. */
export async function produceLines(
  topic: string,
  options: ProduceOptions,
  input: AsyncIterable<Buffer>,
): Promise<void> {
  const headers = parsedHeaders(options.header);
  const { Producer: RecordProducer, compatibilityPartitioner } = await import('@platformatic/kafka');
  const producer = new RecordProducer({
    clientId: 'milena-cli',
    bootstrapBrokers: bootstrapEndpoints(options.bootstrapServer),
    // A retry must not write a record twice; only brokers that confirm can tell.
    idempotent: options.acks === 'all',
    retries: RETRIES,
    acks: ACKS[options.acks],
    compression: options.compression,
  });
  const produced = new Map<number, ProducedRow>();
  try {
    const count = await partitionCount(producer, topic, options.partition);
    let turn = 0;
    for await (const lines of readLines(input)) {
      // Records without a key go together, a batch to each partition in turn, as Kafka's own producer has it.
      const unkeyed = turn++ % count;
      const messages = lines.map((line): Message => {
        const { key, value } = keyAndValue(line, options.keySeparator);
        const byKey = key === undefined ? unkeyed : compatibilityPartitioner({ topic }, key);
        return { topic, ...(key && { key }), value, headers, partition: options.partition ?? byKey % count };
      });
      const { offsets = [] } = await producer.send({ messages });
      note(produced, topic, messages, new Map(offsets.map(({ partition, offset }) => [partition, Number(offset)])));
    }
  } catch (error) {
    throw recordClientFailure(`topic ${topic}`, error);
  } finally {
    await producer.close().catch(() => undefined);
    const rows = [...produced.values()].sort((left, right) => left.partition - right.partition);
    if (rows.length > 0) await printRows(options.output, rows, COLUMNS);
  }
}

async function partitionCount(producer: Producer, topic: string, chosen: number | undefined): Promise<number> {
  const { topics } = await producer.metadata({ topics: [topic] });
  const count = topics.get(topic)?.partitionsCount ?? 0;
  if (count === 0) throw new CommandFailure(1, `topic ${topic}: has no partitions yet; try again`);
  if (chosen !== undefined && chosen >= count)
    throw new CommandFailure(3, `topic ${topic}: has no partition ${chosen}, only 0 to ${count - 1}`);
  return count;
}

function note(
  produced: Map<number, ProducedRow>,
  topic: string,
  messages: readonly Message[],
  baseOffsets: ReadonlyMap<number, number>,
): void {
  const counts = new Map<number, number>();
  for (const { partition = 0 } of messages) counts.set(partition, (counts.get(partition) ?? 0) + 1);
  for (const [partition, count] of counts) {
    const before = produced.get(partition);
    const base = baseOffsets.get(partition) ?? null;
    produced.set(partition, {
      topic,
      partition,
      records: (before?.records ?? 0) + count,
      firstOffset: before === undefined ? base : before.firstOffset,
      lastOffset: base === null ? null : base + count - 1,
    });
  }
}

function keyAndValue(line: Buffer, separator: string | undefined): { readonly key?: Buffer; readonly value: Buffer } {
  const split = separator === undefined ? -1 : line.indexOf(separator);
  if (separator === undefined || split < 0) return { value: line };
  return { key: line.subarray(0, split), value: line.subarray(split + Buffer.byteLength(separator)) };
}

function parsedHeaders(texts: readonly string[]): Map<Buffer, Buffer> {
  const pairs = texts.map((text) => {
    const split = text.indexOf(':');
    if (split < 1) throw new CommandFailure(2, `--header ${text}: must be name:value`);
    return [Buffer.from(text.slice(0, split)), Buffer.from(text.slice(split + 1))] as const;
  });
  return new Map(pairs);
}
