import { MalformedInput } from '@milena/bytes';
import { produce, type RequestOf, type ResponseInputOf } from '@milena/kafka-protocol';
import { isInternalTopic, type MetadataImage } from '@milena/metadata';
import { errorCode, failure, success, type Result } from '@milena/model';
import { BATCH_HEADER_BYTES, readBatchHeader } from '@milena/record-batch';
import type { AppendEntry, AppendOutcome, RequiredAcks } from '../append-request';
import type { ApiHandler } from './api-handler';
import { CloseConnection } from './close-connection';
import { LeaderHints } from './leader-hints';
import { requestedPartition } from './requested-topic';

type ProduceRequest = RequestOf<typeof produce>;
type TopicData = ProduceRequest['topicData'][number];
type PartitionData = TopicData['partitionData'][number];
type PartitionResponse = ResponseInputOf<typeof produce>['responses'][number]['partitionResponses'][number];
/** What became of one partition; without `topicPartition` when it was refused before it came to the log. */
type Outcome = Omit<AppendOutcome, 'topicPartition' | 'topicId'> & Partial<Pick<AppendOutcome, 'topicPartition'>>;

/** First version whose clients can read zstd (KIP-110). */
const ZSTD_SINCE = 7;
/** First version that names topics by id. */
const TOPIC_IDS_SINCE = 13;

/** Produce: appends one batch per partition. With acks=0 nothing is answered, and an error closes the connection. */
export const produceApi: ApiHandler<typeof produce> = {
  api: produce,
  async handle(request, { broker, apiVersion, connection, trace }) {
    const image = broker.image();
    const entries = translated(request, image, apiVersion);
    const appendable = entries.flatMap((entry) => (entry.ok ? [entry.value] : []));
    const acks = request.acks as RequiredAcks;
    const timeoutMs = Math.max(0, request.timeoutMs);
    const appended =
      appendable.length === 0
        ? []
        : await new Promise<readonly AppendOutcome[]>((resolve) =>
            broker.replicaManager.append({ acks, timeoutMs, entries: appendable, trace }, resolve),
          );
    let next = 0;
    const outcomes = entries.map((entry) => (entry.ok ? takeOutcome(appended[next++]) : refused(entry)));
    if (acks === 0) return closeOnError(outcomes);
    return response(request, outcomes, new LeaderHints(broker.image(), connection.listenerName));
  },
  refuseVersion(request) {
    if (request.acks === 0) throw new CloseConnection('produce below version 3 is not served');
    const refusal = refused(failure('UNSUPPORTED_VERSION', 'produce is served from version 3 on'));
    const outcomes = request.topicData.flatMap(({ partitionData }) => partitionData.map(() => refusal));
    return response(request, outcomes, undefined);
  },
};

/** One result per partition in the order of the request: what to append, or why nothing will be. */
function translated(request: ProduceRequest, image: MetadataImage, version: number): readonly Result<AppendEntry>[] {
  const refusal = requestRefusal(request);
  return request.topicData.flatMap((topic) =>
    topic.partitionData.map((data) => refusal ?? appendEntry(topic, data, image, version)),
  );
}

function requestRefusal({ acks, transactionalId }: ProduceRequest) {
  if (acks !== 0 && acks !== 1 && acks !== -1)
    return failure('INVALID_REQUIRED_ACKS', `acks must be 0, 1 or -1, is ${acks}`);
  return transactionalId === null ? undefined : failure('UNSUPPORTED_VERSION', 'transactions are not supported');
}

function appendEntry(
  topic: TopicData,
  data: PartitionData,
  image: MetadataImage,
  version: number,
): Result<AppendEntry> {
  const found = requestedPartition(
    image,
    version >= TOPIC_IDS_SINCE ? { topicId: topic.topicId } : { name: topic.name },
    data.index,
  );
  if (!found.ok) return found;
  const batches = data.records ?? Buffer.alloc(0);
  const refusal = batchRefusal(batches, version);
  if (refusal !== undefined) return refusal;
  const { name, id } = found.value;
  if (isInternalTopic(name)) return failure('INVALID_TOPIC_EXCEPTION', `only brokers write to topic '${name}'`);
  return success({ topicPartition: { topic: name, partition: data.index }, topicId: id, batches });
}

/** What depends on the request rather than the log; everything else about a batch is judged where it is appended. */
function batchRefusal(batches: Buffer, version: number): ReturnType<typeof failure> | undefined {
  if (batches.length < BATCH_HEADER_BYTES) return undefined;
  try {
    const { isTransactional, compression } = readBatchHeader(batches);
    if (isTransactional) return failure('INVALID_TXN_STATE', 'a transactional batch outside a transaction');
    if (compression === 'zstd' && version < ZSTD_SINCE) {
      return failure('UNSUPPORTED_COMPRESSION_TYPE', `zstd needs produce version ${ZSTD_SINCE}`);
    }
  } catch (error) {
    if (!(error instanceof MalformedInput)) throw error;
  }
  return undefined;
}

function refused({ error }: ReturnType<typeof failure>): Outcome {
  return { error: error.code, message: error.message, baseOffset: -1, appendTimestamp: -1, logStartOffset: -1 };
}

function takeOutcome(outcome: Outcome | undefined): Outcome {
  return outcome ?? refused(failure('UNKNOWN_SERVER_ERROR', 'no outcome'));
}

function closeOnError(outcomes: readonly Outcome[]): undefined {
  const failed = outcomes.find(({ error }) => error !== 'NONE');
  if (failed !== undefined) throw new CloseConnection(`produce with acks=0 failed: ${failed.error}`);
  return undefined;
}

function response(
  request: ProduceRequest,
  outcomes: readonly Outcome[],
  hints: LeaderHints | undefined,
): ResponseInputOf<typeof produce> {
  let next = 0;
  const responses = request.topicData.map(({ name, topicId, partitionData }) => ({
    name,
    topicId,
    partitionResponses: partitionData.map(({ index }): PartitionResponse => {
      const outcome = takeOutcome(outcomes[next++]);
      return {
        index,
        errorCode: errorCode(outcome.error),
        baseOffset: outcome.baseOffset,
        logAppendTimeMs: outcome.appendTimestamp,
        logStartOffset: outcome.logStartOffset,
        errorMessage: outcome.message ?? null,
        currentLeader: hints?.for(outcome) ?? null,
      };
    }),
  }));
  return { responses, nodeEndpoints: hints?.endpoints() ?? [] };
}
