import { fetchSnapshotRpc } from '@milena/cluster-protocol';
import type { ServiceHost } from '@milena/platform';
import { watchUnary } from '../watch-unary';
import type { World } from '../world';

/** Notes who fetches snapshots from whom: for the marks of rare states, and for faults that strike in the middle. */
export class SnapshotFetches {
  /** By replica: the node that served the last piece of a snapshot of which more is to come. */
  readonly #servedBy = new Map<number, number>();
  readonly #observers: ((replicaId: number) => void)[] = [];

  constructor(private readonly world: World) {}

  /** `observer` is told of each piece that leaves, with the id of the replica that gets it. */
  onPiece(observer: (replicaId: number) => void): void {
    this.#observers.push(observer);
  }

  /** The service host of a node, with an eye on the pieces it serves. */
  watch(nodeId: number, host: ServiceHost): ServiceHost {
    return watchUnary(host, fetchSnapshotRpc.method, {
      answered: (request, response) => this.#served(nodeId, request, response),
    });
  }

  #served(nodeId: number, request: Uint8Array, response: Uint8Array): void {
    const { replica } = fetchSnapshotRpc.decodeRequest(request);
    const { error, position, size, bytes } = fetchSnapshotRpc.decodeResponse(response);
    if (error !== 'NONE') return;
    const before = this.#servedBy.get(replica.id);
    if (before !== undefined && before !== nodeId) {
      this.world.mark('the leader changed while a snapshot was fetched');
    }
    if (position + bytes.length < size) this.#servedBy.set(replica.id, nodeId);
    else this.#servedBy.delete(replica.id);
    for (const observe of this.#observers) observe(replica.id);
  }
}
