import { MalformedInput } from '@milena/bytes';
import { fetch, type RequestOf, type ResponseInputOf } from '@milena/kafka-protocol';
import type { MetadataImage } from '@milena/metadata';
import { errorCode, failure, offset, success, type ErrorName, type Result } from '@milena/model';
import { batchesOf } from '@milena/record-batch';
import type { FetchEntry, FetchOutcome } from '../fetch-request';
import type { ApiHandler } from './api-handler';
import { LeaderHints } from './leader-hints';
import { requestedPartition } from './requested-topic';

type FetchRequest = RequestOf<typeof fetch>;
type FetchTopic = FetchRequest['topics'][number];
type FetchPartition = FetchTopic['partitions'][number];
type FetchResponse = ResponseInputOf<typeof fetch>;
type PartitionResponse = FetchResponse['responses'][number]['partitions'][number];
type Outcome = Omit<FetchOutcome, 'topicPartition' | 'topicId'> & Partial<Pick<FetchOutcome, 'topicPartition'>>;

/** First version that names topics by id. */
const TOPIC_IDS_SINCE = 13;
/** First version whose clients can read zstd (KIP-110). */
const ZSTD_SINCE = 10;
/** Far beyond any log, and near enough to it that offsets counted from here stay safe integers. */
const FETCH_OFFSET_MAX = Number.MAX_SAFE_INTEGER - 2 ** 33;
const NO_RECORDS = Buffer.alloc(0);

/**
 * Fetch for consumers; replicas of this broker's partitions fetch over gRPC. Sessions (KIP-227) are not kept: whoever
 * asks for one is answered in full with session id 0, as Kafka does when it has no room for another session, and goes
 * on with full fetches. `records` is never null, which librdkafka could not read (KAFKA-18646).
 */
export const fetchApi: ApiHandler<typeof fetch> = {
  api: fetch,
  async handle(request, { broker, apiVersion, connection }) {
    const refusal = requestRefusal(request);
    if (refusal !== undefined) return { errorCode: errorCode(refusal), responses: [] };
    const image = broker.image();
    const isolation = request.isolationLevel === 1 ? 'committed' : 'uncommitted';
    const entries = request.topics.flatMap((topic) =>
      topic.partitions.map((partition) => fetchEntry(topic, partition, image, apiVersion)),
    );
    const readable = entries.flatMap((entry) => (entry.ok ? [entry.value] : []));
    const maxBytes = Math.min(Math.max(0, request.maxBytes), broker.config.server.number('fetch.max.bytes'));
    const isAnsweredAtOnce = readable.length < entries.length;
    const read = await new Promise<readonly FetchOutcome[]>((resolve) =>
      broker.replicaManager.fetch(
        {
          maxWaitMs: isAnsweredAtOnce ? 0 : Math.max(0, request.maxWaitMs),
          minBytes: Math.min(Math.max(0, request.minBytes), maxBytes),
          maxBytes,
          isolation,
          entries: readable,
        },
        resolve,
      ),
    );
    let next = 0;
    const outcomes = entries.map((entry) => (entry.ok ? readOutcome(read[next++], apiVersion) : refused(entry)));
    return response(
      request,
      outcomes,
      new LeaderHints(broker.image(), connection.listenerName),
      isolation === 'committed',
    );
  },
};

/** An incremental fetch needs the session it continues. */
function requestRefusal({ sessionId, sessionEpoch, replicaId, replicaState }: FetchRequest): ErrorName | undefined {
  if (sessionEpoch > 0) return sessionId === 0 ? 'INVALID_FETCH_SESSION_EPOCH' : 'FETCH_SESSION_ID_NOT_FOUND';
  return replicaId >= 0 || (replicaState?.replicaId ?? -1) >= 0 ? 'INVALID_REQUEST' : undefined;
}

function fetchEntry(
  topic: FetchTopic,
  partition: FetchPartition,
  image: MetadataImage,
  version: number,
): Result<FetchEntry> {
  const naming = version >= TOPIC_IDS_SINCE ? { topicId: topic.topicId } : { name: topic.topic };
  const found = requestedPartition(image, naming, partition.partition);
  if (!found.ok) return found;
  if (partition.fetchOffset < 0) return failure('OFFSET_OUT_OF_RANGE', `offset ${partition.fetchOffset}`);
  const { name, id } = found.value;
  return success({
    topicPartition: { topic: name, partition: partition.partition },
    topicId: id,
    fetchOffset: offset(Math.min(partition.fetchOffset, FETCH_OFFSET_MAX)),
    currentLeaderEpoch: partition.currentLeaderEpoch,
    lastFetchedEpoch: partition.lastFetchedEpoch,
    maxBytes: Math.max(0, partition.partitionMaxBytes),
  });
}

function refused({ error }: ReturnType<typeof failure>): Outcome {
  return {
    error: error.code,
    highWatermark: -1,
    lastStableOffset: -1,
    logStartOffset: -1,
    abortedTransactions: [],
    records: NO_RECORDS,
  };
}

function readOutcome(outcome: FetchOutcome | undefined, version: number): Outcome {
  if (outcome === undefined) return refused(failure('UNKNOWN_SERVER_ERROR', 'no outcome'));
  if (version >= ZSTD_SINCE || !holdsZstd(outcome.records)) return outcome;
  return refused(failure('UNSUPPORTED_COMPRESSION_TYPE', `zstd needs fetch version ${ZSTD_SINCE}`));
}

function holdsZstd(records: Buffer): boolean {
  try {
    for (const { header } of batchesOf(records)) if (header.compression === 'zstd') return true;
  } catch (error) {
    // The last batch of an answer may be cut off.
    if (!(error instanceof MalformedInput)) throw error;
  }
  return false;
}

function response(
  request: FetchRequest,
  outcomes: readonly Outcome[],
  hints: LeaderHints,
  withAborted: boolean,
): FetchResponse {
  let next = 0;
  const responses = request.topics.map(({ topic, topicId, partitions }) => ({
    topic,
    topicId,
    partitions: partitions.map(({ partition }): PartitionResponse => {
      const outcome = outcomes[next++] ?? refused(failure('UNKNOWN_SERVER_ERROR', 'no outcome'));
      return {
        partitionIndex: partition,
        errorCode: errorCode(outcome.error),
        highWatermark: outcome.highWatermark,
        lastStableOffset: outcome.lastStableOffset,
        logStartOffset: outcome.logStartOffset,
        divergingEpoch: outcome.divergingEpoch ?? null,
        currentLeader: hints.for(outcome),
        abortedTransactions: withAborted ? outcome.abortedTransactions : null,
        records: outcome.records,
      };
    }),
  }));
  return { responses, nodeEndpoints: hints.endpoints() };
}
