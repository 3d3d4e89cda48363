import { readIndexRpc } from '@milena/cluster-protocol';
import { encodeMetadataRecord, type MetadataRecord } from '@milena/metadata';
import { failure, NO_NODE, offset, success, timestampMs, type Offset, type Result } from '@milena/model';
import type { LeaderInfo, MetadataLogListener } from '@milena/raft-driver';
import type { GatewayServerOptions } from '../gateway-server';

/** A metadata log of which a spec says what is committed, who leads and whether the quorum lives. */
export class ScriptedLog implements Pick<GatewayServerOptions, 'metadataLog'> {
  isLive = true;
  leaderInfo: LeaderInfo = { leaderId: 101, epoch: 3, endpoint: { host: 'controller', port: 9093 } };
  readonly #listeners: MetadataLogListener[] = [];
  #end = 0;

  readonly metadataLog: GatewayServerOptions['metadataLog'] = {
    subscribe: (listener) => void this.#listeners.push(listener),
    createSnapshot: () => Promise.resolve(failure('OPERATION_NOT_ATTEMPTED', 'the script keeps no snapshots')),
    leader: () => this.leaderInfo,
    health: () => this.isLive,
    leaderHighWatermark: () => (this.isLive ? offset(this.#end) : undefined),
  };

  /** What the leader answers readers: how far the log is, and nothing while the quorum is lost. */
  readonly readIndex = {
    method: readIndexRpc.method,
    answer: (): Result<Uint8Array> => {
      const { leaderId = NO_NODE, epoch } = this.leaderInfo;
      const facts = { type: 'readIndex', epoch, leaderId } as const;
      const isLeading = this.isLive && leaderId !== NO_NODE;
      return success(
        readIndexRpc.encodeResponse(
          isLeading ? { ...facts, error: 'NONE', readIndex: this.end } : { ...facts, error: 'NOT_LEADER_OR_FOLLOWER' },
        ),
      );
    },
  };

  get end(): Offset {
    return offset(this.#end);
  }

  /** Commits one batch, and tells the listeners unless they are to lag; gives the offset of its last record. */
  commit(records: readonly MetadataRecord[], { timeMs = 1_700_000_000_123, isTold = true } = {}): Offset {
    const baseOffset = offset(this.#end);
    this.#end += records.length;
    const lastOffset = offset(this.#end - 1);
    const batch = { baseOffset, lastOffset, epoch: 3, timestamp: timestampMs(timeMs) };
    const tell = (): void => {
      for (const listener of this.#listeners)
        listener.onCommitted({ ...batch, records: records.map(encodeMetadataRecord) });
    };
    if (isTold) tell();
    else this.#late.push(tell);
    return lastOffset;
  }

  /** Commits the control record with which a leader begins its epoch. */
  beginEpoch(leaderId: number, epoch: number): void {
    const change = { leaderId, epoch, offset: offset(this.#end), timestamp: timestampMs(1_700_000_000_123) };
    this.#end += 1;
    for (const listener of this.#listeners) listener.onCommittedLeaderChange?.(change);
  }

  /** Tells what was held back. */
  catchUp(): void {
    for (const tell of this.#late.splice(0)) tell();
  }

  readonly #late: (() => void)[] = [];
}
