import type { Rpc } from '@milena/cluster-protocol';
import type { ServerConfig } from '@milena/config-schema';
import type { MetadataImage } from '@milena/metadata';
import type { Offset, Result } from '@milena/model';
import type { Platform } from '@milena/platform';
import type { LeaderInfo, QuorumLeaderChannel } from '@milena/raft-driver';
import type { AdminCall } from './admin-method';
import type { ReadFields } from './read-metadata';

/** The metadata a read is answered from. */
export interface AppliedMetadata {
  readonly clusterId: string;
  readonly image: MetadataImage;
  /** Offset of the metadata log before which the image tells everything. */
  readonly end: Offset;
  /** When the active controller wrote the last record of the image; undefined before the first. */
  readonly timeMs: number | undefined;
}

/** What a change asks for besides itself; `timeoutMs` is filled in. */
export interface ChangeRequest {
  readonly principal: string;
  readonly timeoutMs: number;
}

/** What every answer to a change tells: the last offset it wrote, negative when it wrote nothing. */
export interface MetadataChange {
  readonly metadataOffset: number;
}

/** What a gateway hands to its handlers. */
export interface GatewayContext {
  readonly platform: Pick<Platform, 'clock' | 'timers' | 'logger'>;
  /** The gateway's own configuration, for what the image does not say. */
  readonly server: ServerConfig;
  /** What this gateway has applied, be it stale; BROKER_NOT_AVAILABLE until it has caught up with a quorum once. */
  metadata(): Result<AppliedMetadata>;
  /** The metadata as fresh as a read asks for (read-metadata.ts). */
  read(fields: ReadFields, call: AdminCall): Promise<Result<AppliedMetadata>>;
  /** Who leads the metadata log, as far as this gateway knows. */
  leader(): LeaderInfo;
  /** Whether the leader answered lately. */
  hasLiveLeader(): boolean;
  /** Has the active controller make a change and waits, within bounds, until `metadata` shows it. */
  change<Request extends ChangeRequest, Response extends MetadataChange>(
    rpc: Rpc<Request, Response>,
    request: Omit<Request, keyof ChangeRequest>,
    call: AdminCall,
  ): Promise<Result<Response>>;
  /** Asks a broker, within bounds. */
  askBroker<Request, Response>(
    brokerId: number,
    rpc: Rpc<Request, Response>,
    request: Request,
    call: AdminCall,
  ): Promise<Result<Response>>;
  /** Calls to the leader of the metadata log. */
  readonly quorum: QuorumLeaderChannel;
}
