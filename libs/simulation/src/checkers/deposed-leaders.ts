import { beginQuorumEpochRpc, voteRpc } from '@milena/cluster-protocol';
import type { ServiceHost } from '@milena/platform';
import type { World } from '../world';

/** What an answer may wait for the disk before the role is seen to have changed. */
const LEADS_ON_MS_MAX = 300;

/**
 * R12: a leader that has been told of a newer epoch leads no more. What it takes meanwhile is lost to whoever sent it, and
 * its vote is missed by those who stand in the newer one.
 */
export class DeposedLeaders {
  /** By node: the newest epoch it was asked about in its present life, and when. */
  readonly #heard = new Map<number, { readonly epoch: number; readonly atMs: number }>();

  constructor(private readonly world: World) {}

  /** The service host of a node that starts, with an eye on the epochs it is told. */
  watch(nodeId: number, host: ServiceHost): ServiceHost {
    this.#heard.delete(nodeId);
    return {
      stream: (method, accept) => host.stream(method, accept),
      unary: (method, handler) => {
        const rpc = [voteRpc, beginQuorumEpochRpc].find((each) => each.method === method);
        if (rpc === undefined) return host.unary(method, handler);
        host.unary(method, (bytes, context) => {
          this.#hears(nodeId, rpc.decodeRequest(bytes).epoch);
          return handler(bytes, context);
        });
      },
    };
  }

  /** A node leads `epoch`; it is awake, and its disk ends syncs, since `worksSinceMs`. */
  leads(nodeId: number, epoch: number, worksSinceMs: number): void {
    const heard = this.#heard.get(nodeId);
    if (heard === undefined || heard.epoch <= epoch) return;
    const sinceMs = this.world.time.nowMs() - Math.max(heard.atMs, worksSinceMs);
    if (sinceMs <= LEADS_ON_MS_MAX) return;
    const text = `controller ${nodeId} leads epoch ${epoch}, told of ${heard.epoch} ${Math.round(sinceMs)} ms ago`;
    this.world.report('R12 a newer epoch ends a leadership', text);
  }

  #hears(nodeId: number, epoch: number): void {
    const before = this.#heard.get(nodeId);
    if (before === undefined || before.epoch < epoch) this.#heard.set(nodeId, { epoch, atMs: this.world.time.nowMs() });
  }
}
