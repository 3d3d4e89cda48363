import type { Offset } from '@milena/model';
import type { VoterSet } from './voter-set';

/** A record that the quorum writes for itself, between the records of the controller. */
export type ControlRecord =
  | {
      readonly type: 'leaderChange';
      readonly leaderId: number;
      readonly voterIds: readonly number[];
      readonly grantingVoterIds: readonly number[];
    }
  | { readonly type: 'kraftVersion'; readonly version: number }
  | { readonly type: 'voters'; readonly voters: VoterSet }
  | { readonly type: 'other' };

/** One record batch of fetched or stored bytes; the header is read at once, control records only when asked for. */
export interface RaftBatch {
  readonly bytes: Uint8Array;
  readonly baseOffset: Offset;
  readonly lastOffset: Offset;
  /** The partition leader epoch the batch was appended in. */
  readonly epoch: number;
  /** Whether the checksum holds. */
  isIntact(): boolean;
  /** Control records with their offsets; none for a batch of the controller. Throws MalformedInput. */
  controlRecords(): readonly { readonly offset: Offset; readonly record: ControlRecord }[];
}

/** How batches look as bytes: the little the state machine must know about them. */
export interface RaftBatches {
  /** The batches in `records`, in order. Throws MalformedInput when the bytes are no whole batches. */
  read(records: Uint8Array): Iterable<RaftBatch>;
  /** One control batch with these records, stamped with `baseOffset` and `epoch`. */
  encodeControl(batch: {
    readonly baseOffset: Offset;
    readonly epoch: number;
    readonly records: readonly ControlRecord[];
  }): Uint8Array;
}
