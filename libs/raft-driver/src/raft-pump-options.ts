import type { PartitionLog } from '@milena/log-store';
import type { BootstrapVoters, FetchResponse, QuorumState } from '@milena/raft';
import type { CommittedMark } from './committed-mark';
import type { RaftDriverOptions } from './raft-driver-options';
import type { RaftService } from './raft-service';
import type { SnapshotStore } from './snapshot-store';

/** What a pump works on besides the driver's options. */
export interface RaftPumpOptions {
  readonly driver: RaftDriverOptions;
  readonly log: PartitionLog;
  readonly snapshots: SnapshotStore;
  /** Keeps what a voter must never lose; observers need none. */
  readonly mark: CommittedMark | undefined;
  /** See SnapshotVerification. */
  readonly mayFetchAgain: boolean;
  readonly restored: QuorumState;
  readonly bootstrap: BootstrapVoters;
  readonly service: RaftService | undefined;
  /** Makes the state durable, in the form that `kraftVersion` asks for. */
  persist(state: QuorumState, kraftVersion: number): Promise<void>;
  /** Told of each sound answer to a fetch, after it was taken in. */
  onFetched?(response: FetchResponse): void;
  onFatal(error: unknown): void;
}
