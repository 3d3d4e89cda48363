import { voteRpc } from '@milena/cluster-protocol';
import type { ServiceHost } from '@milena/platform';
import type { QuorumState } from '@milena/raft';
import { watchUnary } from '../watch-unary';
import type { World } from '../world';

/** A vote of which anybody knows. */
interface KnownVote {
  readonly epoch: number;
  readonly candidateId: number;
  /** Directory of who stood and so voted for itself; undefined where nobody says. */
  readonly directoryId?: string | undefined;
}

/**
 * R2: a vote is durable before its answer leaves, and a candidate's own before it asks. What a node has said is held against
 * its quorum-state file when it starts again: the epoch must not have gone back, nor the vote of that epoch be forgotten or
 * given to another.
 */
export class DurableVotes {
  /** By node: its last one. */
  readonly #known = new Map<number, KnownVote>();

  constructor(private readonly world: World) {}

  /** The service host of a node, with an eye on the votes it is asked for and answers. */
  watch(nodeId: number, host: ServiceHost): ServiceHost {
    return watchUnary(host, voteRpc.method, {
      asked: (request) => this.#asked(request),
      answered: (request, response) => this.#answered(nodeId, request, response),
    });
  }

  /** A node starts with this directory and quorum-state. */
  starts(nodeId: number, directoryId: string, { leaderEpoch, votedId }: QuorumState): void {
    const known = this.#known.get(nodeId);
    if (known === undefined || leaderEpoch > known.epoch) return;
    if (leaderEpoch === known.epoch && votedId === known.candidateId) return;
    // A request that was under way when the disk was replaced binds nobody any more.
    if (known.directoryId !== undefined && known.directoryId !== directoryId) return;
    const { epoch, candidateId } = known;
    const found = `it starts in epoch ${leaderEpoch} with a vote for ${votedId}`;
    this.world.report('R2 durable vote', `controller ${nodeId} voted for ${candidateId} in epoch ${epoch}; ${found}`);
  }

  /** The node's disk was replaced: it is another voter now. */
  forget(nodeId: number): void {
    this.#known.delete(nodeId);
  }

  /** Who stands has voted for itself. */
  #asked(request: Uint8Array): void {
    const { preVote, epoch, candidate } = voteRpc.decodeRequest(request);
    if (preVote || (this.#known.get(candidate.id)?.epoch ?? -1) >= epoch) return;
    this.#known.set(candidate.id, { epoch, candidateId: candidate.id, directoryId: candidate.directoryId });
  }

  #answered(nodeId: number, request: Uint8Array, response: Uint8Array): void {
    const { preVote, epoch, candidate } = voteRpc.decodeRequest(request);
    const { voteGranted } = voteRpc.decodeResponse(response);
    if (voteGranted && !preVote) this.#known.set(nodeId, { epoch, candidateId: candidate.id });
  }
}
