import type { Connector, Platform } from '@milena/platform';
import type { RaftDriver } from '@milena/raft-driver';

/** The parts of a node that all roles in one process share: one clock and disk, one copy of the metadata log. */
export interface ServiceNode {
  readonly platform: Platform;
  readonly connector: Connector;
  /** Whoever made the node starts and stops it, unless he hands the node on with its services. */
  readonly metadataLog: RaftDriver;
  /** Resolves when the cluster id is known: at once where the folder says it, else when the quorum has told. */
  clusterId(): Promise<string>;
}
