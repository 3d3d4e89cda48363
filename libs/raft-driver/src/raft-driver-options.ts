import type { LogConfig } from '@milena/log-store';
import type { Endpoint, Uuid } from '@milena/model';
import type { Connector, Platform, ServiceHost } from '@milena/platform';
import type { PlantedBugs, RaftSettings } from '@milena/raft';
import type { MetadataRetention } from './clean-log';

/** A voter of the static set, whose log directory nobody told us. */
export interface StaticVoter {
  readonly id: number;
  /** Its CONTROLLER listener. */
  readonly endpoint: Endpoint;
}

/** What `createRaftDriver` needs. */
export interface RaftDriverOptions {
  readonly platform: Platform;
  readonly nodeId: number;
  /** `directory.id` of the log folder. */
  readonly directoryId: Uuid;
  readonly clusterId: string;
  /** A `voter` serves the quorum's RPCs and may lead; an `observer` (a broker) only follows. */
  readonly role: 'voter' | 'observer';
  /** Log folder that holds `__cluster_metadata-0`; formatted before. */
  readonly logFolder: string;
  /** Takes the folder's lock: set it when no LogDirectory of this process locks the same folder. */
  readonly locksLogFolder?: boolean;
  readonly connector: Connector;
  /** Where the quorum's RPCs are served; methods are registered when the driver is made. A voter needs it. */
  readonly serviceHost?: ServiceHost;
  /** This node's CONTROLLER listener. A voter needs it. */
  readonly endpoint?: Endpoint;
  /** `controller.quorum.voters`: the voters of a quorum formatted without a voter set (kraft.version 0). */
  readonly staticVoters?: readonly StaticVoter[];
  /** `controller.quorum.bootstrap.servers`: whom to ask for the leader while none is known. */
  readonly bootstrapServers?: readonly Endpoint[];
  /** Timers and limits, `controller.quorum.*`; Kafka's defaults for what is left out. */
  readonly settings?: Partial<RaftSettings>;
  /** `controller.quorum.auto.join.enable`: a controller that is no voter asks to become one. */
  readonly autoJoin?: boolean;
  /** Segment and index sizes; Kafka's defaults for what is left out. Retention is off whatever it says. */
  readonly logConfig?: Partial<LogConfig>;
  /** How much of log and snapshots is kept; Kafka's defaults for what is left out. */
  readonly retention?: Partial<MetadataRetention>;
  /**
   * Called once when the node must stop at once: a failed write or sync, a broken invariant, a listener that threw. The
   * driver answers and sends nothing from then on; what it was asked is not to be believed done.
   */
  onFatal(error: unknown): void;
  /** For the simulator only. */
  readonly plantedBugs?: PlantedBugs;
}
