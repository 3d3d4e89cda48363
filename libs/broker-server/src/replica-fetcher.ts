import { replicaFetchRpc } from '@milena/cluster-protocol';
import { invariant, topicPartitionName, type Endpoint, type Offset, type Uuid } from '@milena/model';
import type { Channel, ChannelFailure, ChannelStream, Clock, Connector, Logger, Timer, Timers } from '@milena/platform';
import type { ReplicaFetchPartition, ReplicaFetchResponse } from '@milena/replication';
import { FetchedPartition } from './fetched-partition';
import type { Partition } from './partition';

const FIRST_BACKOFF_MS = 10;
/** How long beyond its wait an answer may take before the connection counts as dead. */
const ANSWER_PATIENCE_MS = 10_000;

/** How a follower fetches. */
export interface ReplicaFetchLimits {
  readonly waitMaxMs: number;
  readonly minBytes: number;
  /** Per partition. */
  readonly maxBytes: number;
  /** Per answer. */
  readonly responseMaxBytes: number;
  readonly backoffMaxMs: number;
}

/** What a fetcher is made from. */
export interface ReplicaFetcherOptions {
  readonly leaderId: number;
  /** The leader's peer listener. */
  readonly endpoint: Endpoint;
  readonly clusterId: Uuid;
  readonly nodeId: number;
  /** This broker's current epoch. */
  readonly brokerEpoch: () => Offset;
  readonly limits: ReplicaFetchLimits;
  readonly connector: Connector;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  /** Runs the work of one answer, so that what it causes is told together. */
  readonly together: (work: () => void) => void;
}

type SentRequest = ReadonlyMap<FetchedPartition, ReplicaFetchPartition>;

/**
 * Follows one leader broker: all its partitions over one long-lived stream, one request at a time. The next request leaves
 * only when the answer before is in the log, and, where flush.messages demands it, synced: its offsets acknowledge. A
 * partition that is new sends a second request at once, which ends the wait of the first at the leader.
 */
export class ReplicaFetcher {
  readonly #partitions = new Map<string, FetchedPartition>();
  readonly #channel: Channel;
  #stream: ChannelStream | undefined;
  #sent: SentRequest[] = [];
  #isSyncing = false;
  #isClosed = false;
  #failures = 0;
  #pause: Timer | undefined;
  #patience: Timer | undefined;

  constructor(private readonly options: ReplicaFetcherOptions) {
    this.#channel = options.connector.connect(options.endpoint, 'replica');
  }

  get isIdle(): boolean {
    return this.#partitions.size === 0;
  }

  /** Follows a partition, or follows it in its new leader epoch; takes effect with `wake`. */
  add(partition: Partition): void {
    const name = topicPartitionName(partition.topicPartition);
    this.#partitions.set(name, new FetchedPartition(partition, this.options.limits.backoffMaxMs));
  }

  /** Whether this fetcher follows `partition` in its present leader epoch. */
  follows(partition: Partition): boolean {
    const fetched = this.#partitions.get(topicPartitionName(partition.topicPartition));
    return fetched?.partition === partition && fetched.leaderEpoch === partition.leader.leaderEpoch;
  }

  remove(partition: Partition): void {
    const name = topicPartitionName(partition.topicPartition);
    if (this.#partitions.get(name)?.partition === partition) this.#partitions.delete(name);
  }

  /** Partitions were added: fetch at once, whatever is being waited for. */
  wake(): void {
    if (this.#stream === undefined && this.#pause !== undefined) this.#failures = 0;
    this.#fetch(1);
  }

  close(): void {
    this.#isClosed = true;
    this.#pause?.cancel();
    this.#patience?.cancel();
    this.#stream?.cancel();
    this.#channel.close();
  }

  /** Sends a request unless more than `underWay` have no answer yet. */
  #fetch(underWay: 0 | 1): void {
    if (this.#isClosed || this.#isSyncing || this.#sent.length > underWay) return;
    const syncs = [...this.#partitions.values()].flatMap(({ partition }) => partition.acknowledgeable() ?? []);
    if (syncs.length > 0) {
      void this.#fetchAfter(syncs);
      return;
    }
    this.#pause?.cancel();
    this.#pause = undefined;
    const nowMs = this.options.clock.monotonicMs();
    const ready = [...this.#partitions.values()].filter(({ readyAtMs }) => readyAtMs <= nowMs);
    this.#fetchAgainFor([...this.#partitions.values()].filter(({ readyAtMs }) => readyAtMs > nowMs));
    if (ready.length === 0) return;
    const { limits, clusterId, nodeId, brokerEpoch } = this.options;
    const request: SentRequest = new Map(ready.map((each) => [each, each.position(limits.maxBytes)]));
    this.#stream ??= this.#openStream();
    this.#sent.push(request);
    this.#stream.send(
      replicaFetchRpc.encodeRequest({
        clusterId,
        replicaId: nodeId,
        brokerEpoch: brokerEpoch(),
        maxWaitMs: limits.waitMaxMs,
        minBytes: limits.minBytes,
        maxBytes: limits.responseMaxBytes,
        partitions: [...request.values()],
      }),
    );
    this.#expectAnswer();
  }

  /** Partitions that failed are tried again when their backoff is over, whatever is being waited for then. */
  #fetchAgainFor(delayed: readonly FetchedPartition[]): void {
    if (delayed.length === 0) return;
    const readyAtMs = Math.min(...delayed.map((each) => each.readyAtMs));
    this.#pauseFor(readyAtMs - this.options.clock.monotonicMs(), 1);
  }

  #pauseFor(ms: number, underWay: 0 | 1): void {
    this.#pause?.cancel();
    this.#pause = this.options.timers.after(ms, () => {
      this.#pause = undefined;
      this.#fetch(underWay);
    });
  }

  #openStream(): ChannelStream {
    const stream: ChannelStream = this.#channel.openStream(replicaFetchRpc.method, {
      onMessage: (message) => {
        if (this.#stream === stream) this.#answered(replicaFetchRpc.decodeResponse(message));
      },
      onClosed: (failure) => {
        if (this.#stream === stream) this.#closed(failure);
      },
    });
    return stream;
  }

  #expectAnswer(): void {
    this.#patience?.cancel();
    const patienceMs = this.options.limits.waitMaxMs + ANSWER_PATIENCE_MS;
    this.#patience = this.options.timers.after(patienceMs, () => {
      this.#stream?.cancel();
    });
  }

  #closed(failure: ChannelFailure | undefined): void {
    this.#patience?.cancel();
    this.#stream = undefined;
    this.#sent = [];
    if (this.#isClosed) return;
    const { leaderId, logger } = this.options;
    if (this.#failures === 0) logger.warn('fetch stream to the leader broke', { leaderId, reason: failure?.reason });
    this.#backOff();
  }

  #backOff(): void {
    const backoffMs = Math.min(this.options.limits.backoffMaxMs, FIRST_BACKOFF_MS * 2 ** this.#failures);
    this.#failures += 1;
    this.#pauseFor(backoffMs, 0);
  }

  #answered(response: ReplicaFetchResponse): void {
    const request = this.#sent.shift();
    invariant(request !== undefined, 'an answer without a request', { leaderId: this.options.leaderId });
    if (this.#sent.length === 0) this.#patience?.cancel();
    if (response.error !== 'NONE') {
      const { leaderId, logger } = this.options;
      logger.warn('leader refused the fetch', { leaderId, error: response.error, message: response.errorMessage });
      if (this.#sent.length === 0) this.#backOff();
      return;
    }
    this.#failures = 0;
    this.options.together(() => this.#take(request, response));
    this.#fetch(0);
  }

  #take(request: SentRequest, response: ReplicaFetchResponse): void {
    const nowMs = this.options.clock.monotonicMs();
    const results = new Map(response.partitions.map((result) => [`${result.topicId}:${result.partition}`, result]));
    for (const [fetched, position] of request) {
      const name = topicPartitionName(fetched.partition.topicPartition);
      const result = results.get(`${fetched.topicId}:${fetched.index}`);
      if (result === undefined || this.#partitions.get(name) !== fetched) continue;
      const next = fetched.take(position, result, nowMs);
      if (next === 'never') this.#partitions.delete(name);
      // Whoever got records goes to the back, so that a bounded answer starves nobody.
      if (result.records.length > 0 && this.#partitions.delete(name)) this.#partitions.set(name, fetched);
    }
  }

  async #fetchAfter(syncs: readonly Promise<void>[]): Promise<void> {
    this.#isSyncing = true;
    await Promise.all(syncs);
    this.#isSyncing = false;
    this.#fetch(1);
  }
}
