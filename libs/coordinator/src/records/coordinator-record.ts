/** How far a group has read one partition. */
export interface CommittedOffset {
  /** The next offset to be read. */
  readonly offset: number;
  /** Leader epoch of the last record read, NO_EPOCH when the client did not tell it. */
  readonly leaderEpoch: number;
  readonly metadata: string;
  /** Wall clock of the coordinator, milliseconds. */
  readonly commitTimestamp: number;
  /** Wall clock at which it expires whatever the configuration says; only where the client asked for it. */
  readonly expireTimestamp?: number;
}

/** A member as it is kept. */
export interface PersistedMember {
  readonly memberId: string;
  readonly groupInstanceId?: string;
  readonly clientId: string;
  readonly clientHost: string;
  readonly rebalanceTimeoutMs: number;
  readonly sessionTimeoutMs: number;
  /** Metadata for the protocol chosen. */
  readonly subscription: Buffer;
  readonly assignment: Buffer;
}

/** A classic group as it is kept: the last generation that had its assignment, or an empty one. */
export interface PersistedGroup {
  /** Empty when the group never had members. */
  readonly protocolType: string;
  readonly generation: number;
  readonly protocol?: string;
  readonly leader?: string;
  /** Wall clock of the last change of state, milliseconds; -1 unknown (records before version 2). */
  readonly stateTimestamp: number;
  readonly members: readonly PersistedMember[];
}

/** What `__consumer_offsets` holds. Without a value the record removes what it names. */
export type CoordinatorRecord =
  | {
      readonly type: 'OffsetCommit';
      readonly groupId: string;
      readonly topic: string;
      readonly partition: number;
      readonly value: CommittedOffset | undefined;
    }
  | { readonly type: 'GroupMetadata'; readonly groupId: string; readonly value: PersistedGroup | undefined }
  /** A kind of record this version knows nothing of: it stays in the log and means nothing here. */
  | { readonly type: 'Unknown'; readonly keyVersion: number };

/** A record as it stands in the log. */
export interface KeyedBytes {
  readonly key: Buffer;
  /** Null removes what the key names. */
  readonly value: Buffer | null;
}
