import type { MetadataImage } from '@milena/metadata';
import { offsetForLeaderEpochRpc, replicaFetchRpc } from '@milena/cluster-protocol';
import { MalformedInput } from '@milena/bytes';
import { failure, success, type ErrorName, type Offset, type Result, type Uuid } from '@milena/model';
import type { ChannelStream, Logger, ServiceHost, StreamHandlers } from '@milena/platform';
import type {
  ReplicaEpochEndRequest,
  ReplicaEpochEndResponse,
  ReplicaFetchPartition,
  ReplicaFetchRequest,
  ReplicaFetchResult,
} from '@milena/replication';
import { epochEnd } from './epoch-end';
import type { HostedPartitions } from './hosted-partitions';
import type { ParkedFetch, ParkedFetches } from './parked-fetches';
import type { Partition } from './partition';
import { ReadArena } from './read-arena';
import type { ReadBudget } from './read-records';
import { followerObjection, readForFollower, replicaResult } from './read-for-follower';

/** What the leader's side of replication works on. */
export interface ReplicaServiceOptions {
  readonly clusterId: Uuid;
  readonly hosted: HostedPartitions;
  readonly parked: ParkedFetches;
  readonly image: () => MetadataImage;
  readonly logger: Logger;
  /** Runs work whose effects on parked fetches are answered together. */
  readonly together: (work: () => void) => void;
}

/** Serves followers: `ReplicaService` on the peer listener. Call before the host starts to listen. */
export function serveReplicas(serviceHost: ServiceHost, options: ReplicaServiceOptions): void {
  const arena = new ReadArena();
  serviceHost.stream(replicaFetchRpc.method, (stream) => new FollowerStream(stream, options, arena));
  serviceHost.unary(offsetForLeaderEpochRpc.method, (bytes) => Promise.resolve(answerEpochEnds(bytes, options)));
}

/** Why a follower is not served at all: another cluster, or a registration that is not its broker's newest. */
function requestError(
  { clusterId, image }: ReplicaServiceOptions,
  request: { readonly clusterId: Uuid; readonly replicaId: number; readonly brokerEpoch: Offset },
): readonly [ErrorName, string] | undefined {
  if (request.clusterId !== clusterId) return ['INCONSISTENT_CLUSTER_ID', `this is cluster ${clusterId}`];
  const broker = image().broker(request.replicaId);
  if (broker === undefined) return ['BROKER_ID_NOT_REGISTERED', `broker ${request.replicaId} is not known here`];
  // A larger epoch than ours means that our metadata is behind; the follower is who it says it is.
  if (request.brokerEpoch < broker.epoch) {
    return ['STALE_BROKER_EPOCH', `broker ${broker.id} is registered with epoch ${broker.epoch}`];
  }
  return undefined;
}

/** One follower's stream. At most one request waits; the next one ends its wait. */
class FollowerStream implements StreamHandlers {
  #parked: ParkedFetch | undefined;
  #isOpen = true;

  constructor(
    private readonly stream: ChannelStream,
    private readonly options: ReplicaServiceOptions,
    /** Shared by all streams: an answer is read and encoded in one go. */
    private readonly arena: ReadArena,
  ) {}

  onMessage(message: Uint8Array): void {
    const request = replicaFetchRpc.decodeRequest(message);
    this.#parked?.answerNow();
    const error = requestError(this.options, request);
    if (error !== undefined) {
      this.#send(request, [], error);
      return;
    }
    this.options.together(() => this.#fetch(request));
  }

  onClosed(): void {
    this.#isOpen = false;
    this.#parked?.answerNow();
    this.stream.end();
  }

  #fetch(request: ReplicaFetchRequest): void {
    const positions = request.partitions.map((fetch) => new FetchedPosition(this.options.hosted, request, fetch));
    for (const position of positions) position.count();
    const results = readAll(positions, request.maxBytes, this.arena);
    const missingBytes = request.minBytes - results.reduce((sum, { records }) => sum + records.length, 0);
    const isDecided = results.some(({ error, divergingEpoch }) => error !== 'NONE' || divergingEpoch !== undefined);
    if (request.maxWaitMs === 0 || missingBytes <= 0 || isDecided) {
      this.#send(request, results);
      return;
    }
    const partitions = positions.flatMap(({ partition }) => (partition === undefined ? [] : [partition]));
    this.#parked = this.options.parked.park(partitions, { missingBytes, waitMs: request.maxWaitMs }, () => {
      this.#parked = undefined;
      if (this.#isOpen) this.#send(request, readAll(positions, request.maxBytes, this.arena));
    });
  }

  #send(
    { replicaId }: ReplicaFetchRequest,
    partitions: readonly ReplicaFetchResult[],
    [error, errorMessage]: readonly [ErrorName, string] = ['NONE', ''],
  ): void {
    if (error !== 'NONE') this.options.logger.warn('replica fetch refused', { replicaId, error, errorMessage });
    this.stream.send(replicaFetchRpc.encodeResponse({ error, errorMessage, partitions }));
  }
}

/** A follower's position in one partition. */
class FetchedPosition {
  readonly partition: Partition | undefined;

  constructor(
    hosted: HostedPartitions,
    private readonly request: ReplicaFetchRequest,
    private readonly fetch: ReplicaFetchPartition,
  ) {
    this.partition = hosted.byId(fetch.topicId, fetch.partition);
  }

  /** Counts the position as an acknowledgement, unless the answer is an error or a divergence (KAFKA-13141). */
  count(): void {
    const { partition, request, fetch } = this;
    if (partition === undefined || followerObjection(partition, request.replicaId, fetch) !== undefined) return;
    const { replicaId, brokerEpoch } = request;
    partition.followerFetched({ replicaId, brokerEpoch, fetchOffset: fetch.fetchOffset });
  }

  read(budget: ReadBudget): ReplicaFetchResult {
    const { partition, request, fetch } = this;
    if (partition === undefined) return replicaResult(fetch, { error: 'UNKNOWN_TOPIC_ID' });
    return followerObjection(partition, request.replicaId, fetch) ?? readForFollower(partition, fetch, budget);
  }
}

function readAll(
  positions: readonly FetchedPosition[],
  maxBytes: number,
  arena: ReadArena,
): readonly ReplicaFetchResult[] {
  arena.reset();
  let bytes = 0;
  return positions.map((position) => {
    const result = position.read({ bytes: maxBytes - bytes, minOneBatch: bytes === 0, allocate: arena.take });
    bytes += result.records.length;
    return result;
  });
}

function answerEpochEnds(bytes: Uint8Array, options: ReplicaServiceOptions): Result<Uint8Array> {
  let request: ReplicaEpochEndRequest;
  try {
    request = offsetForLeaderEpochRpc.decodeRequest(bytes);
  } catch (error) {
    if (error instanceof MalformedInput) return failure('INVALID_REQUEST', error.message);
    throw error;
  }
  const refused = requestError(options, request);
  if (refused !== undefined) return failure(...refused);
  const answers = request.queries.map((query): ReplicaEpochEndResponse['answers'][number] => {
    const { topicId, partition: index } = query;
    const partition = options.hosted.byId(topicId, index);
    const unknown = { topicId, partition: index, leaderEpoch: -1, endOffset: -1 };
    if (partition === undefined) return { ...unknown, error: 'UNKNOWN_TOPIC_ID' };
    const { error, leaderEpoch, endOffset } = epochEnd(partition, {
      ...query,
      topicPartition: partition.topicPartition,
    });
    return { topicId, partition: index, error, leaderEpoch, endOffset };
  });
  return success(offsetForLeaderEpochRpc.encodeResponse({ answers }));
}
