import type { Consumer } from '@platformatic/kafka';
import type { RecordSink } from './record-sink';
import type { StartOffset } from './start-offset';

const COMMIT_INTERVAL_MS = 1_000;
const LATEST = -1n;
const EARLIEST = -2n;
const SESSION_TIMEOUT_MS = 30_000;

/** What to consume as a member of a group. */
export interface ConsumeGroupOptions {
  readonly consumer: Consumer;
  readonly topics: readonly string[];
  /** Where partitions begin for which the group has committed nothing. */
  readonly start: StartOffset & { readonly from: 'start' | 'end' };
  /** End when this member's partitions have reached what was their end when this began. */
  readonly exitAtEnd: boolean;
  readonly signal: AbortSignal;
}

interface Reached {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly leaderEpoch: number;
}

/** Positions by partition; what is reached stays, so that a commit that failed is made up for by the next. */
interface Progress {
  readonly reached: Map<string, Reached>;
  readonly committed: Map<string, bigint>;
}

/** Prints the records the group gives this member, and commits what was printed, until full, at the end or told to stop. */
export async function consumeGroup(options: ConsumeGroupOptions, sink: RecordSink): Promise<void> {
  const { consumer, topics, start, exitAtEnd, signal } = options;
  const ends = exitAtEnd ? await consumer.listOffsets({ topics: [...topics], timestamp: LATEST }) : undefined;
  const progress: Progress = { reached: new Map(), committed: new Map() };
  const stream = await consumer.consume({
    topics: [...topics],
    mode: 'committed',
    fallbackMode: start.from === 'start' ? 'earliest' : 'latest',
    autocommit: false,
    sessionTimeout: SESSION_TIMEOUT_MS,
  });
  const end = () => void stream.close().catch(() => undefined);
  const endWhenRead = async () => {
    if (ends !== undefined && (await isRead(options, ends, progress))) end();
  };
  // Ending is only ever too late by a rebalance; what goes wrong here goes wrong for the stream too.
  const onJoin = () => void endWhenRead().catch(() => undefined);
  consumer.on('consumer:group:join', onJoin);
  signal.addEventListener('abort', end, { once: true });
  const commit = () => commitReached(consumer, progress).catch(() => undefined);
  const timer = setInterval(() => void commit(), COMMIT_INTERVAL_MS);
  try {
    if (signal.aborted || sink.isFull) end();
    await endWhenRead();
    for await (const { topic, partition, offset, timestamp, key, value, headerEntries, leaderEpoch } of stream) {
      const [at, time] = [Number(offset), Number(timestamp)];
      // The client says undefined where the record has null.
      const nothing = { key: (key as Buffer | undefined) ?? null, value: (value as Buffer | undefined) ?? null };
      await sink.write({ topic, partition, offset: at, timestamp: time, ...nothing, headers: headerEntries });
      progress.reached.set(`${partition}@${topic}`, { topic, partition, offset: offset + 1n, leaderEpoch });
      if (sink.isFull) break;
      if (ends !== undefined && offset + 1n >= (ends.get(topic)?.[partition] ?? 0n)) await endWhenRead();
    }
  } finally {
    clearInterval(timer);
    signal.removeEventListener('abort', end);
    consumer.off('consumer:group:join', onJoin);
    await commitReached(consumer, progress);
    await stream.close().catch(() => undefined);
  }
}

/** Commits what was printed of the partitions this member still has and is not committed yet. */
async function commitReached(consumer: Consumer, { reached, committed }: Progress): Promise<void> {
  const due = [...reached].filter(([key, { topic, partition, offset }]) => {
    const isMine = consumer.assignments?.some((each) => each.topic === topic && each.partitions.includes(partition));
    return isMine === true && committed.get(key) !== offset;
  });
  if (due.length === 0) return;
  await consumer.commit({ offsets: due.map(([, each]) => each) });
  for (const [key, { offset }] of due) committed.set(key, offset);
}

/** Whether every partition of this member was read, by it or before, up to `ends`. */
async function isRead(
  { consumer, start }: ConsumeGroupOptions,
  ends: ReadonlyMap<string, readonly bigint[]>,
  progress: Progress,
): Promise<boolean> {
  const mine = consumer.assignments ?? [];
  if (mine.length === 0) return true;
  await commitReached(consumer, progress);
  const topics = mine.map(({ topic, partitions }) => ({ topic, partitions: [...partitions] }));
  const committed = await consumer.listCommittedOffsets({ topics });
  const starts = await consumer.listOffsets({ topics: mine.map(({ topic }) => topic), timestamp: EARLIEST });
  return mine.every(({ topic, partitions }) =>
    partitions.every((partition) => {
      const end = ends.get(topic)?.[partition] ?? 0n;
      const at = committed.get(topic)?.[partition] ?? -1n;
      const first = start.from === 'start' ? (starts.get(topic)?.[partition] ?? 0n) : end;
      return (at < 0n ? first : at) >= end;
    }),
  );
}
