import type { SessionTimeouts, WatchLimits } from '@milena/zookeeper';

/** What a shim is told; times are milliseconds. */
export interface ZookeeperSettings {
  /** As in `3.8.4-<revision>, built on <date>`. */
  readonly version: string;
  readonly sessionTimeouts: SessionTimeouts;
  /** How long reads are answered after the quorum was lost. */
  readonly staleReadsMs: number;
  readonly watchLimits: WatchLimits;
  /** Name of the listener that brokers use among themselves, which no client is shown. */
  readonly hiddenListener: string;
  /** What `conf` answers, by ZooKeeper's names. */
  readonly configuration: Readonly<Record<string, string | number>>;
  /** What `envi` answers, by ZooKeeper's names. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Watches a shim remembers: for one client a hundred thousand of the usual length. */
export const DEFAULT_WATCH_LIMITS: WatchLimits = {
  watcherBytesMax: 32 * 1024 * 1024,
  totalBytesMax: 128 * 1024 * 1024,
};

/** Passwords of sessions: what proves to any shim of a cluster that a session id was given by one of them. */
export interface SessionPasswords {
  /** Password of a session, PASSWORD_BYTES long, the same on every shim. */
  of(clusterId: string, sessionId: bigint): Buffer;
  /** Compares in constant time. */
  equal(left: Buffer, right: Buffer): boolean;
}
