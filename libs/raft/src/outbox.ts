import { NO_NODE, type Endpoint } from '@milena/model';
import type { RaftRequest } from './messages';
import type { OutgoingRequest } from './raft-effects';

/** Where a request goes. `nodeId` is NO_NODE for a bootstrap server. */
export interface Destination {
  readonly nodeId: number;
  readonly endpoint: Endpoint;
}

interface Lane {
  inFlight: number | undefined;
  notBeforeMs: number;
  failures: number;
}

/**
 * Requests under way: at most one per lane. A lane is one kind of request to one voter, and one lane for all fetches, of
 * records or of snapshots. After a failure the lane pauses. A change of role forgets everything but the rests, so that a late
 * response to the former role counts only for the facts in it.
 */
export class Outbox {
  private nextCorrelationId = 1;
  /** By kind of request, then by voter. */
  private readonly lanes = new Map<RaftRequest['type'], Map<number, Lane>>();
  private readonly inFlight = new Map<number, OutgoingRequest>();
  /** Until when voters are left in peace. */
  private readonly restsUntilMs = new Map<number, number>();

  constructor(
    private readonly requestTimeoutMs: number,
    private readonly backoffMs: number,
    private readonly emit: (request: OutgoingRequest) => void,
  ) {}

  /** When the lane of such a request is free: Infinity while one is under way. */
  readyAtMs(nodeId: number, type: RaftRequest['type']): number {
    const restMs = laneKind(type) === 'fetch' ? -Infinity : (this.restsUntilMs.get(nodeId) ?? -Infinity);
    const lane = this.lanes.get(laneKind(type))?.get(laneNode(nodeId, type));
    if (lane === undefined) return restMs;
    return lane.inFlight === undefined ? Math.max(restMs, lane.notBeforeMs) : Infinity;
  }

  /** Sends nothing but fetches to that voter until then, in whatever role. */
  rest(nodeId: number, untilMs: number): void {
    this.restsUntilMs.set(nodeId, untilMs);
  }

  isResting(nodeId: number, nowMs: number): boolean {
    return nowMs < (this.restsUntilMs.get(nodeId) ?? -Infinity);
  }

  /** Sends a request; its lane must be free. */
  send({ nodeId, endpoint }: Destination, request: RaftRequest): void {
    const correlationId = this.nextCorrelationId++;
    const outgoing = { nodeId, endpoint, correlationId, request, timeoutMs: this.requestTimeoutMs };
    this.lane(nodeId, request.type).inFlight = correlationId;
    this.inFlight.set(correlationId, outgoing);
    this.emit(outgoing);
  }

  /** The request that a response or failure belongs to; undefined when it was forgotten. Frees its lane. */
  take(correlationId: number): OutgoingRequest | undefined {
    const outgoing = this.inFlight.get(correlationId);
    if (outgoing === undefined) return undefined;
    this.inFlight.delete(correlationId);
    this.lane(outgoing.nodeId, outgoing.request.type).inFlight = undefined;
    return outgoing;
  }

  succeeded({ nodeId, request }: OutgoingRequest): void {
    this.lane(nodeId, request.type).failures = 0;
  }

  /** Pauses the lane: the first backoff, doubled for each failure in a row up to `maxMs`. */
  failed({ nodeId, request }: OutgoingRequest, nowMs: number, maxMs: number): void {
    const lane = this.lane(nodeId, request.type);
    lane.notBeforeMs = nowMs + Math.min(maxMs, this.backoffMs * 2 ** Math.min(lane.failures, 16));
    lane.failures += 1;
  }

  /** Sends no fetch until then, in this role. */
  pauseFetches(untilMs: number): void {
    this.lane(NO_NODE, 'fetch').notBeforeMs = untilMs;
  }

  /** Forgets all requests under way and all pauses. */
  clear(): void {
    this.lanes.clear();
    this.inFlight.clear();
  }

  private lane(nodeId: number, type: RaftRequest['type']): Lane {
    const kind = laneKind(type);
    let lanes = this.lanes.get(kind);
    if (lanes === undefined) this.lanes.set(kind, (lanes = new Map()));
    const node = laneNode(nodeId, type);
    let lane = lanes.get(node);
    if (lane === undefined) lanes.set(node, (lane = { inFlight: undefined, notBeforeMs: -Infinity, failures: 0 }));
    return lane;
  }
}

function laneKind(type: RaftRequest['type']): RaftRequest['type'] {
  return type === 'fetchSnapshot' ? 'fetch' : type;
}

/** All fetches share one lane, whomever they go to. */
function laneNode(nodeId: number, type: RaftRequest['type']): number {
  return laneKind(type) === 'fetch' ? NO_NODE : nodeId;
}
