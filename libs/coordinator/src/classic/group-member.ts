import type { Deadline } from '../deadlines';
import type { GroupProtocol, JoinGroupResponse, SyncGroupResponse } from '../membership-requests';
import type { Respond } from '../outbox';

const NOTHING = Buffer.alloc(0);

/** What a member says of itself when it joins. */
export interface MemberTraits {
  readonly clientId: string;
  readonly clientHost: string;
  readonly rebalanceTimeoutMs: number;
  readonly sessionTimeoutMs: number;
  /** In order of preference; not empty. */
  readonly protocols: readonly GroupProtocol[];
}

/** A member of a classic group. */
export class GroupMember {
  traits: MemberTraits;
  assignment: Buffer = NOTHING;
  /** Set while a JoinGroup waits for the next generation. */
  awaitingJoin: Respond<JoinGroupResponse> | undefined;
  /** Set while a SyncGroup waits for the assignment. */
  awaitingSync: Respond<SyncGroupResponse> | undefined;
  /** Has never been part of a generation: its client does not know its id yet, and cannot say that it lives. */
  isNew = false;

  constructor(
    readonly memberId: string,
    readonly groupInstanceId: string | undefined,
    traits: MemberTraits,
    /** When the member is given up. */
    readonly session: Deadline,
  ) {
    this.traits = traits;
  }

  /** What the member tells with a protocol; empty when it does not offer it. */
  metadataFor(protocol: string | undefined): Buffer {
    return this.traits.protocols.find(({ name }) => name === protocol)?.metadata ?? NOTHING;
  }

  /** Whether the member offers exactly these protocols, with the same metadata. */
  offers(protocols: readonly GroupProtocol[]): boolean {
    const own = this.traits.protocols;
    return (
      own.length === protocols.length &&
      own.every(({ name, metadata }, index) => {
        const other = protocols[index];
        return other !== undefined && name === other.name && metadata.equals(other.metadata);
      })
    );
  }
}
