import { CommandFailure } from '../command-failure';
import { bootstrapEndpoints } from '../kafka/bootstrap-endpoints';
import { consumeGroup } from '../records/consume-group';
import { consumePartitions } from '../records/consume-partitions';
import { recordClientFailure } from '../records/record-client-failure';
import { recordPrinter } from '../records/record-format';
import { createRecordSink, type RecordSink } from '../records/record-sink';
import { parseStartOffset } from '../records/start-offset';

/** A consumer that joins no group must still have a name for one. */
const NO_GROUP = 'milena-cli';

/** Options of `consume`. */
export interface ConsumeOptions {
  readonly bootstrapServer: string;
  /** `start`, `end`, `N`, `-N` or `+N`. */
  readonly offset: string;
  readonly partition: readonly number[];
  readonly group?: string;
  readonly count?: number;
  readonly format: string;
  readonly exit: boolean;
  readonly timeout?: number;
}

/** `milena consume <topic>...`: prints records until told to stop by a signal, or by `--count`, `--exit` or `--timeout`. */
export async function consumeRecords(topics: readonly string[], options: ConsumeOptions): Promise<void> {
  const sink = createRecordSink(process.stdout, recordPrinter(options.format), options.count ?? Infinity);
  const stopped = new AbortController();
  const stop = () => stopped.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  let isLate = false;
  const timer = options.timeout === undefined ? undefined : setTimeout(onLate, options.timeout);
  function onLate(): void {
    isLate = true;
    stop();
  }
  try {
    await consume(topics, options, stopped.signal, sink);
  } catch (error) {
    throw recordClientFailure(topics.length === 1 ? `topic ${topics[0]}` : `topics ${topics.join(', ')}`, error);
  } finally {
    clearTimeout(timer);
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
  if (isLate) throw new CommandFailure(124, `not done within ${options.timeout} ms; give it a longer --timeout`);
}

async function consume(
  topics: readonly string[],
  options: ConsumeOptions,
  signal: AbortSignal,
  sink: RecordSink,
): Promise<void> {
  const start = parseStartOffset(options.offset);
  const { group, exit: exitAtEnd } = options;
  const isPlain = start.from !== 'offset' && start.distance === 0;
  if (group !== undefined && (!isPlain || options.partition.length > 0))
    throw new CommandFailure(
      2,
      'with --group the group decides: only --offset start or end goes with it, and no --partition',
    );
  const { Consumer } = await import('@platformatic/kafka');
  const consumer = new Consumer({
    clientId: NO_GROUP,
    groupId: group ?? NO_GROUP,
    bootstrapBrokers: bootstrapEndpoints(options.bootstrapServer),
  });
  try {
    if (group !== undefined && start.from !== 'offset') {
      await consumeGroup({ consumer, topics, start, exitAtEnd, signal }, sink);
    } else {
      await consumePartitions({ consumer, topics, partitions: options.partition, start, exitAtEnd, signal }, sink);
    }
  } finally {
    await consumer.close(true).catch(() => undefined);
  }
}
