import type { Offset, OffsetAndEpoch } from '@milena/model';
import type { RaftResponse } from './messages';
import { sameQuorumState, type QuorumState } from './quorum-state';
import type { Leadership, LogFlush, OutgoingAnswer, OutgoingRequest, RaftEffects } from './raft-effects';

/** Gathers effects between two calls of `take`. */
export class EffectsGatherer {
  private persist: QuorumState | undefined;
  private flush: LogFlush | undefined;
  private requests: OutgoingRequest[] = [];
  private answers: OutgoingAnswer[] = [];
  private highWatermark: Offset | undefined;
  private install: OffsetAndEpoch | undefined;
  private stopped = false;
  private lastLeadership: Leadership | undefined;

  /** `persisted` is what the file holds; `releaseBeforePersist` is planted bug 1. */
  constructor(
    private persisted: QuorumState,
    private readonly releaseBeforePersist: boolean,
  ) {}

  wantPersisted(state: QuorumState): void {
    this.persist = sameQuorumState(state, this.persisted) ? undefined : state;
  }

  wantFlushed(flush: LogFlush): void {
    this.flush = { ...flush, isUrgent: flush.isUrgent || this.flush?.isUrgent === true };
  }

  send(request: OutgoingRequest): void {
    this.requests.push(request);
  }

  answer(requestId: number, response: RaftResponse): void {
    this.answers.push({ requestId, response });
  }

  committed(highWatermark: Offset): void {
    this.highWatermark = highWatermark;
  }

  installSnapshot(id: OffsetAndEpoch): void {
    this.install = id;
  }

  stop(): void {
    this.stopped = true;
  }

  take(leadership: Leadership, nextTickMs: number): RaftEffects {
    const effects: RaftEffects = {
      persist: this.persist,
      flush: this.flush,
      requests: this.requests,
      answers: this.answers,
      highWatermark: this.highWatermark,
      installSnapshot: this.install,
      leadership: sameLeadership(leadership, this.lastLeadership) ? undefined : leadership,
      stopped: this.stopped,
      nextTickMs: Number.isFinite(nextTickMs) ? nextTickMs : undefined,
      releaseBeforePersist: this.releaseBeforePersist,
    };
    if (this.persist !== undefined) this.persisted = this.persist;
    this.lastLeadership = leadership;
    this.persist = undefined;
    this.flush = undefined;
    this.requests = [];
    this.answers = [];
    this.highWatermark = undefined;
    this.install = undefined;
    this.stopped = false;
    return effects;
  }
}

function sameLeadership(left: Leadership, right: Leadership | undefined): boolean {
  return (
    right !== undefined &&
    left.role === right.role &&
    left.epoch === right.epoch &&
    left.leaderId === right.leaderId &&
    left.leaderEndpoint?.host === right.leaderEndpoint?.host &&
    left.leaderEndpoint?.port === right.leaderEndpoint?.port
  );
}
