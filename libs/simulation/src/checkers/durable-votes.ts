import { voteRpc } from '@milena/cluster-protocol';
import type { ServiceHost } from '@milena/platform';
import type { QuorumState } from '@milena/raft';
import { watchUnary } from '../watch-unary';
import type { World } from '../world';

/**
 * R2: a vote is durable before its answer leaves. What a node has answered is held against its quorum-state file when it
 * starts again: the epoch must not have gone back, nor the vote of that epoch be forgotten or given to another.
 */
export class DurableVotes {
  /** By node: its last granted vote that left. */
  readonly #granted = new Map<number, { readonly epoch: number; readonly candidateId: number }>();

  constructor(private readonly world: World) {}

  /** The service host of a node, with an eye on the votes it answers. */
  watch(nodeId: number, host: ServiceHost): ServiceHost {
    return watchUnary(host, voteRpc.method, {
      answered: (request, response) => this.#answered(nodeId, request, response),
    });
  }

  /** A node starts with this quorum-state. */
  starts(nodeId: number, { leaderEpoch, votedId }: QuorumState): void {
    const promised = this.#granted.get(nodeId);
    if (promised === undefined || leaderEpoch > promised.epoch) return;
    if (leaderEpoch === promised.epoch && votedId === promised.candidateId) return;
    const { epoch, candidateId } = promised;
    const found = `it starts in epoch ${leaderEpoch} with a vote for ${votedId}`;
    this.world.report('R2 durable vote', `controller ${nodeId} voted for ${candidateId} in epoch ${epoch}; ${found}`);
  }

  /** The node's disk was replaced: it is another voter now. */
  forget(nodeId: number): void {
    this.#granted.delete(nodeId);
  }

  #answered(nodeId: number, request: Uint8Array, response: Uint8Array): void {
    const { preVote, epoch, candidate } = voteRpc.decodeRequest(request);
    const { voteGranted } = voteRpc.decodeResponse(response);
    if (voteGranted && !preVote) this.#granted.set(nodeId, { epoch, candidateId: candidate.id });
  }
}
