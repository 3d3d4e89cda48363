import { alterPartitionRpc } from '@milena/cluster-protocol';
import type { AlterPartitionOutcome, AlterPartitionRequest, AlterPartitionResponse } from '@milena/controller';
import { type ErrorName, type Result, type Uuid } from '@milena/model';
import type { Logger, Timer, Timers } from '@milena/platform';
import type { ActiveControllerChannel } from '@milena/raft-driver';
import type { IsrProposal } from '@milena/replication';
import { callController } from './call-controller';
import type { Partition } from './partition';

const CALL_TIMEOUT_MS = 5_000;
const BACKOFF_MS = { first: 50, max: 1_000 };

/** What the sender is made from. */
export interface AlterPartitionSenderOptions {
  readonly nodeId: number;
  readonly principal: string;
  readonly brokerEpoch: () => number;
  readonly controllerChannel: ActiveControllerChannel;
  readonly timers: Timers;
  readonly logger: Logger;
  /** Runs the work of one answer, so that what it causes is told together. */
  readonly together: (work: () => void) => void;
}

/**
 * Carries ISR proposals to the active controller: one request at a time, with everything that has gathered meanwhile.
 * Bounded by the partitions this broker leads, since each has at most one proposal.
 */
export class AlterPartitionSender {
  #waiting = new Map<Partition, IsrProposal>();
  #isUnderWay = false;
  #isClosed = false;
  #failures = 0;
  #pause: Timer | undefined;

  constructor(private readonly options: AlterPartitionSenderOptions) {}

  /** Sends a proposal soon; a newer one of the same partition replaces one that has not left. */
  enqueue(partition: Partition, proposal: IsrProposal): void {
    this.#waiting.set(partition, proposal);
    // Not inside the fetch that caused it: its other partitions may have proposals too.
    if (!this.#isUnderWay && this.#pause === undefined) this.#sendAfter(0);
  }

  close(): void {
    this.#isClosed = true;
    this.#pause?.cancel();
    this.#waiting.clear();
  }

  #sendAfter(delayMs: number): void {
    if (this.#isClosed) return;
    this.#pause = this.options.timers.after(delayMs, () => {
      this.#pause = undefined;
      void this.#send();
    });
  }

  async #send(): Promise<void> {
    const proposals = this.#waiting;
    if (proposals.size === 0) return;
    this.#waiting = new Map();
    this.#isUnderWay = true;
    const { controllerChannel } = this.options;
    const request = this.#request(proposals);
    const response = await callController(controllerChannel, alterPartitionRpc, request, CALL_TIMEOUT_MS);
    this.#isUnderWay = false;
    if (this.#isClosed) return;
    this.options.together(() => this.#settle(proposals, response));
    if (this.#waiting.size === 0) this.#failures = 0;
    else this.#sendAfter(response.ok && this.#failures === 0 ? 0 : this.#nextBackoffMs());
  }

  #nextBackoffMs(): number {
    const backoffMs = Math.min(BACKOFF_MS.max, BACKOFF_MS.first * 2 ** this.#failures);
    this.#failures += 1;
    return backoffMs;
  }

  #request(proposals: ReadonlyMap<Partition, IsrProposal>): AlterPartitionRequest {
    const { principal, nodeId, brokerEpoch } = this.options;
    const topics = new Map<Uuid, AlterPartitionRequest['topics'][number]['partitions'][number][]>();
    for (const [{ topicId, topicPartition, settings }, { leaderEpoch, partitionEpoch, newIsr }] of proposals) {
      const { partition } = topicPartition;
      const siblings = topics.get(topicId) ?? [];
      // Whoever leads has what a recovering leader was elected for: from its first change on, the partition is recovered.
      const what = { leaderEpoch, partitionEpoch, newIsr, leaderRecoveryState: 'RECOVERED' as const };
      siblings.push({ partition, ...what, minInsyncReplicas: settings.minInsyncReplicas });
      topics.set(topicId, siblings);
    }
    return {
      principal,
      brokerId: nodeId,
      brokerEpoch: brokerEpoch(),
      topics: [...topics].map(([topicId, partitions]) => ({ topicId, partitions })),
    };
  }

  #settle(proposals: ReadonlyMap<Partition, IsrProposal>, response: Result<AlterPartitionResponse>): void {
    if (!response.ok) {
      const { code, message } = response.error;
      this.options.logger.warn('isr change not decided', { error: code, message, partitions: proposals.size });
    }
    const outcomes = new Map<string, AlterPartitionOutcome['result']>();
    for (const { topicId, partitions } of response.ok ? response.value.topics : []) {
      for (const { partition, result } of partitions) outcomes.set(`${topicId}:${partition}`, result);
    }
    for (const [partition, proposal] of proposals) {
      const key = `${partition.topicId}:${partition.topicPartition.partition}`;
      const result = outcomes.get(key);
      if (result?.ok === true) partition.proposalAccepted(proposal, result.value);
      else
        this.#failed(
          partition,
          proposal,
          result?.error.code ?? (response.ok ? 'UNKNOWN_SERVER_ERROR' : response.error.code),
        );
    }
  }

  #failed(partition: Partition, proposal: IsrProposal, error: ErrorName): void {
    const retry = partition.proposalFailed(proposal, error);
    if (retry && !this.#waiting.has(partition)) this.#waiting.set(partition, proposal);
  }
}
