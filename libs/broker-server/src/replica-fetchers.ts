import type { MetadataImage } from '@milena/metadata';
import { endpointText, type Endpoint } from '@milena/model';
import type { Partition } from './partition';
import { ReplicaFetcher, type ReplicaFetcherOptions } from './replica-fetcher';

/** What all fetchers of a broker share. */
export interface ReplicaFetchersOptions extends Omit<ReplicaFetcherOptions, 'leaderId' | 'endpoint'> {
  /** Name of the listener under which leaders are reached. */
  readonly interBrokerListenerName: string;
}

/** The fetchers of a broker: one per leader it follows. */
export class ReplicaFetchers {
  readonly #byLeader = new Map<number, { readonly fetcher: ReplicaFetcher; readonly address: string }>();
  readonly #leaderOf = new Map<Partition, number>();

  constructor(private readonly options: ReplicaFetchersOptions) {}

  /** Brings the fetchers in line with what these partitions say of their leaders, and with where those are reached. */
  update(partitions: Iterable<Partition>, image: MetadataImage): void {
    const woken = this.#reconnect(image);
    for (const partition of partitions) {
      const fetcher = this.#assign(partition, image);
      if (fetcher !== undefined) woken.add(fetcher);
    }
    for (const [leaderId, { fetcher }] of this.#byLeader) {
      if (!fetcher.isIdle) continue;
      fetcher.close();
      this.#byLeader.delete(leaderId);
    }
    for (const fetcher of woken) fetcher.wake();
  }

  /** Stops following a partition that is no longer here. */
  remove(partition: Partition): void {
    const leaderId = this.#leaderOf.get(partition);
    if (leaderId === undefined) return;
    this.#leaderOf.delete(partition);
    this.#byLeader.get(leaderId)?.fetcher.remove(partition);
  }

  close(): void {
    for (const { fetcher } of this.#byLeader.values()) fetcher.close();
    this.#byLeader.clear();
    this.#leaderOf.clear();
  }

  /** Leaders that moved to another address get a new fetcher. */
  #reconnect(image: MetadataImage): Set<ReplicaFetcher> {
    const woken = new Set<ReplicaFetcher>();
    for (const [leaderId, { fetcher, address }] of this.#byLeader) {
      const endpoint = this.#endpointOf(leaderId, image);
      if (endpoint !== undefined && endpointText(endpoint) === address) continue;
      fetcher.close();
      this.#byLeader.delete(leaderId);
      for (const [partition, leader] of this.#leaderOf) {
        if (leader !== leaderId) continue;
        this.#leaderOf.delete(partition);
        const successor = this.#assign(partition, image);
        if (successor !== undefined) woken.add(successor);
      }
    }
    return woken;
  }

  /** The fetcher that must be woken for this partition; undefined when nothing changed or nobody is to be followed. */
  #assign(partition: Partition, image: MetadataImage): ReplicaFetcher | undefined {
    const { leaderId } = partition.leader;
    const current = this.#leaderOf.get(partition);
    const isFollower = partition.role.kind === 'follower' && leaderId >= 0 && leaderId !== this.options.nodeId;
    const fetcher = isFollower ? this.#fetcherOf(leaderId, image) : undefined;
    if (current === leaderId && fetcher?.follows(partition) === true) return undefined;
    this.remove(partition);
    if (fetcher === undefined) return undefined;
    fetcher.add(partition);
    this.#leaderOf.set(partition, leaderId);
    return fetcher;
  }

  #fetcherOf(leaderId: number, image: MetadataImage): ReplicaFetcher | undefined {
    const known = this.#byLeader.get(leaderId);
    if (known !== undefined) return known.fetcher;
    const endpoint = this.#endpointOf(leaderId, image);
    if (endpoint === undefined) return undefined;
    const fetcher = new ReplicaFetcher({ ...this.options, leaderId, endpoint });
    this.#byLeader.set(leaderId, { fetcher, address: endpointText(endpoint) });
    return fetcher;
  }

  #endpointOf(leaderId: number, image: MetadataImage): Endpoint | undefined {
    const { interBrokerListenerName } = this.options;
    return image.broker(leaderId)?.listeners.find(({ name }) => name === interBrokerListenerName);
  }
}
