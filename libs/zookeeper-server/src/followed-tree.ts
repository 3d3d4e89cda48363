import { MetadataFollower, type PublishedAt } from '@milena/metadata-follower';
import type { Platform, Timer } from '@milena/platform';
import type { CommittedLeaderChange, MetadataLog, SnapshotTriggers } from '@milena/raft-driver';
import { ProjectedTree, type LogChange, type OnZnodeEvent, type ZnodeEvent } from '@milena/zookeeper';

/** Clients that may wait for a zxid at one time. */
const WAITERS_MAX = 10_000;

/** What the tree is made from. */
export interface FollowedTreeOptions {
  readonly platform: Pick<Platform, 'clock' | 'timers' | 'tracer' | 'logger'>;
  readonly metadataLog: Pick<MetadataLog, 'subscribe' | 'createSnapshot'>;
  readonly snapshotTriggers: SnapshotTriggers;
  readonly clusterId: string;
  readonly hiddenListener: string;
  /** Whether anybody wants to hear what happens. */
  readonly isWatched: () => boolean;
  /** What one batch did, in order, told when all of it is in the tree and before anybody reads it. */
  readonly onEvents: (events: readonly ZnodeEvent[]) => void;
}

interface Waiter {
  readonly zxid: number;
  readonly done: (reached: boolean) => void;
  readonly timer: Timer;
}

/** The projection, kept up to the metadata log. */
export class FollowedTree {
  readonly tree: ProjectedTree;
  readonly #follower: MetadataFollower;
  readonly #waiters = new Set<Waiter>();
  #isClosed = false;

  constructor(private readonly options: FollowedTreeOptions) {
    const { platform, metadataLog, clusterId, hiddenListener, snapshotTriggers: triggers } = options;
    this.tree = new ProjectedTree({ clusterId, hiddenListener });
    this.#follower = new MetadataFollower({
      platform,
      metadataLog,
      snapshots: { metadataLog, triggers, logger: platform.logger },
      publish: (delta, image, batch) => {
        this.#apply((onEvent) => this.tree.apply({ delta, image, change: changeOf(batch) }, onEvent));
      },
      onCommittedLeaderChange: (change) => this.#applyLeaderChange(change),
    });
    this.#follower.start();
  }

  /** Resolves to whether the tree reached `zxid` within `timeoutMs`. */
  waitFor(zxid: number, timeoutMs: number): Promise<boolean> {
    if (this.tree.lastZxid >= zxid) return Promise.resolve(true);
    if (timeoutMs <= 0 || this.#isClosed || this.#waiters.size >= WAITERS_MAX) return Promise.resolve(false);
    return new Promise((resolve) => {
      const done = (reached: boolean): void => {
        waiter.timer.cancel();
        this.#waiters.delete(waiter);
        resolve(reached);
      };
      const timer = this.options.platform.timers.after(timeoutMs, () => done(false));
      const waiter: Waiter = { zxid, done, timer };
      this.#waiters.add(waiter);
    });
  }

  /** Ends all waits; the tree stays as it is. */
  close(): void {
    this.#isClosed = true;
    this.#follower.close();
    for (const waiter of [...this.#waiters]) waiter.done(false);
  }

  #applyLeaderChange({ leaderId, epoch, offset, timestamp }: CommittedLeaderChange): void {
    const change = { zxid: offset + 1, timestampMs: timestamp, epoch };
    this.#apply((onEvent) => this.tree.applyLeaderChange({ leaderId, change }, onEvent));
  }

  #apply(apply: (onEvent: OnZnodeEvent | undefined) => void): void {
    const events: ZnodeEvent[] = [];
    apply(this.options.isWatched() ? (event) => events.push(event) : undefined);
    if (events.length > 0) this.options.onEvents(events);
    const { lastZxid } = this.tree;
    for (const waiter of [...this.#waiters]) if (waiter.zxid <= lastZxid) waiter.done(true);
  }
}

function changeOf({ lastOffset, timestamp, epoch }: PublishedAt): LogChange {
  return { zxid: lastOffset + 1, timestampMs: timestamp, epoch };
}
