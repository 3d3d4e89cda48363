import { setTimeout as delay } from 'node:timers/promises';
import type { Consumer } from '@platformatic/kafka';
import { CommandFailure } from '../command-failure';
import { batchRecords, offsetAfter } from './batch-records';
import type { RecordSink } from './record-sink';
import { firstOffset, type StartOffset } from './start-offset';

/** How long a broker may wait for records; also how soon a signal is heeded and a moved partition found. */
const FETCH_WAIT_MS = 250;
const FETCH_BYTES_MAX = 8 * 1024 * 1024;
const PARTITION_BYTES_MAX = 1024 * 1024;
const NO_LEADER_PAUSE_MS = 100;
const EARLIEST = -2n;
const LATEST = -1n;

/** What to consume without a group. */
export interface ConsumePartitionsOptions {
  readonly consumer: Consumer;
  readonly topics: readonly string[];
  /** All when empty. */
  readonly partitions: readonly number[];
  readonly start: StartOffset;
  /** End at the offsets that were the logs' ends when this began. */
  readonly exitAtEnd: boolean;
  readonly signal: AbortSignal;
}

type FetchAnswer = Awaited<ReturnType<Consumer['fetch']>>;

interface Position {
  readonly topic: string;
  readonly partition: number;
  readonly end: number;
  next: number;
}

/** Prints the partitions' records until the sink is full, the ends are reached or the signal comes. */
export async function consumePartitions(options: ConsumePartitionsOptions, sink: RecordSink): Promise<void> {
  const { consumer, topics, exitAtEnd, signal } = options;
  // The client finds leaders of topics it tracks, and joins no group for it.
  consumer.topics.trackAll(...topics);
  const positions = await firstPositions(options);
  while (!signal.aborted && !sink.isFull) {
    const wanted = positions.filter(({ next, end }) => !exitAtEnd || next < end);
    if (wanted.length === 0) return;
    const { topics: known } = await consumer.metadata({ topics: [...topics] });
    const leaderOf = ({ topic, partition }: Position) => known.get(topic)?.partitions[partition]?.leader ?? -1;
    const leaders = [...new Set(wanted.map(leaderOf))].filter((leader) => leader >= 0);
    if (leaders.length === 0) await delay(NO_LEADER_PAUSE_MS);
    const answers = await Promise.all(
      leaders.map((leader) => {
        const led = wanted.filter((position) => leaderOf(position) === leader);
        return consumer.fetch(fetchOptions(leader, led, (topic) => known.get(topic)?.id ?? ''));
      }),
    );
    const topicOf = new Map([...known].map(([name, { id }]) => [id, name]));
    for (const answer of answers) await printAnswer(answer, topicOf, { wanted, exitAtEnd }, sink);
  }
}

async function firstPositions({
  consumer,
  topics,
  partitions,
  start,
}: ConsumePartitionsOptions): Promise<readonly Position[]> {
  const { topics: known } = await consumer.metadata({ topics: [...topics] });
  for (const topic of topics) {
    const count = known.get(topic)?.partitionsCount ?? 0;
    const missing = partitions.find((partition) => partition >= count);
    if (missing !== undefined)
      throw new CommandFailure(3, `topic ${topic}: has no partition ${missing}, only 0 to ${count - 1}`);
  }
  const chosen =
    partitions.length === 0 ? {} : { partitions: Object.fromEntries(topics.map((topic) => [topic, [...partitions]])) };
  const offsetsAt = (timestamp: bigint) => consumer.listOffsets({ topics: [...topics], timestamp, ...chosen });
  const [starts, ends] = await Promise.all([offsetsAt(EARLIEST), offsetsAt(LATEST)]);
  return topics.flatMap((topic) =>
    Array.from(ends.get(topic) ?? [], (end: bigint | undefined, partition) => {
      if (end === undefined) return [];
      const logEnd = Number(end);
      const next = firstOffset(start, Number(starts.get(topic)?.[partition] ?? 0n), logEnd);
      return [{ topic, partition, end: logEnd, next }];
    }).flat(),
  );
}

function fetchOptions(
  node: number,
  positions: readonly Position[],
  topicId: (topic: string) => string,
): Parameters<Consumer['fetch']>[0] {
  const topics = [...new Set(positions.map(({ topic }) => topic))].map((topic) => ({
    topicId: topicId(topic),
    partitions: positions
      .filter((position) => position.topic === topic)
      .map(({ partition, next }) => ({
        partition,
        fetchOffset: BigInt(next),
        currentLeaderEpoch: -1,
        lastFetchedEpoch: -1,
        partitionMaxBytes: PARTITION_BYTES_MAX,
      })),
  }));
  return { node, topics, minBytes: 1, maxBytes: FETCH_BYTES_MAX, maxWaitTime: FETCH_WAIT_MS };
}

async function printAnswer(
  { responses }: FetchAnswer,
  topicOf: ReadonlyMap<string, string>,
  { wanted, exitAtEnd }: { readonly wanted: readonly Position[]; readonly exitAtEnd: boolean },
  sink: RecordSink,
): Promise<void> {
  for (const { topicId, partitions } of responses) {
    for (const { partitionIndex, records } of partitions) {
      const position = wanted.find(
        ({ topic, partition }) => topic === topicOf.get(topicId) && partition === partitionIndex,
      );
      if (position === undefined) continue;
      for (const batch of records ?? []) {
        const place = { ...position, from: position.next };
        for (const record of batchRecords(batch, place)) {
          if (sink.isFull || (exitAtEnd && record.offset >= position.end)) return;
          await sink.write(record);
        }
        position.next = Math.max(position.next, offsetAfter(batch));
      }
    }
  }
}
