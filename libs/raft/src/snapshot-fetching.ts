import { invariant, type OffsetAndEpoch } from '@milena/model';
import { failFetch, followsLeader, pauseFetch } from './fetching';
import type { FetchSnapshotRequest, FetchSnapshotResponse } from './messages';
import type { Destination } from './outbox';
import type { OutgoingRequest } from './raft-effects';
import type { RaftContext } from './raft-context';
import type { Follower } from './roles/follower';

/** A snapshot of which a part was received. */
export interface SnapshotFetch {
  readonly id: OffsetAndEpoch;
  /** Whose file it is, and in which epoch: replicas make their snapshots themselves, so the bytes of another's may differ. */
  readonly leaderId: number;
  readonly epoch: number;
  /** Bytes received, which is where the next piece begins. */
  readonly position: number;
  /** Bytes in all; undefined before the first piece. */
  readonly size: number | undefined;
}

/** The leader's log no longer holds what this one lacks: its snapshot is fetched first. */
export function beginSnapshotFetch(context: RaftContext, role: Follower, id: OffsetAndEpoch): void {
  const { highWatermark = 0, log } = context;
  invariant(id.offset > highWatermark, 'committed records are never replaced by an older snapshot', {
    snapshot: id,
    highWatermark,
  });
  const { snapshotFetch } = context;
  if (snapshotFetch !== undefined && isSame(snapshotFetch.id, id)) return;
  log.beginSnapshot(id);
  context.snapshotFetch = { id, leaderId: role.leader.id, epoch: role.epoch, position: 0, size: undefined };
}

/** The request for the next piece; undefined when no snapshot is being received from `destination`. */
export function nextPiece(context: RaftContext, { nodeId }: Destination): FetchSnapshotRequest | undefined {
  const { snapshotFetch, quorum, settings } = context;
  if (snapshotFetch === undefined || nodeId !== snapshotFetch.leaderId) return undefined;
  return {
    type: 'fetchSnapshot',
    clusterId: context.clusterId,
    replica: context.self,
    epoch: quorum.epoch,
    snapshotId: snapshotFetch.id,
    position: snapshotFetch.position,
    maxBytes: settings.fetchSnapshotMaxBytes,
  };
}

/** Takes in a piece; the last one asks for the snapshot to be installed. */
export function receivePiece(context: RaftContext, sent: OutgoingRequest, response: FetchSnapshotResponse): void {
  const { role } = context.quorum;
  const { snapshotFetch } = context;
  const { error, position, size, bytes } = response;
  if (role.name !== 'follower' || snapshotFetch === undefined) return failFetch(context, sent, 'answered');
  if (error === 'SNAPSHOT_NOT_FOUND' || error === 'POSITION_OUT_OF_RANGE') {
    // The leader has cleaned it away. The next fetch names a newer one.
    dropSnapshotFetch(context);
    followsLeader(context, role);
    return pauseFetch(context, sent);
  }
  if (error !== 'NONE') return failFetch(context, sent, 'answered');
  const end = position + bytes.length;
  const isSizeKept = snapshotFetch.size === undefined || snapshotFetch.size === size;
  const fits = isSame(snapshotFetch.id, response.snapshotId) && position === snapshotFetch.position && isSizeKept;
  if (!fits || bytes.length === 0 || end > size) {
    dropSnapshotFetch(context);
    return pauseFetch(context, sent);
  }
  context.outbox.succeeded(sent);
  followsLeader(context, role);
  context.log.appendSnapshot(bytes);
  if (end < size) {
    context.snapshotFetch = { ...snapshotFetch, position: end, size };
    return;
  }
  context.snapshotFetch = undefined;
  context.installing = snapshotFetch.id;
  context.effects.installSnapshot(snapshotFetch.id);
}

/** Drops what was received. */
export function dropSnapshotFetch(context: RaftContext): void {
  if (context.snapshotFetch === undefined) return;
  context.snapshotFetch = undefined;
  context.log.abandonSnapshot();
}

/** After a change of role: what was received counts on only while this replica stays with the leader it came from. */
export function dropSnapshotOfFormerLeader(context: RaftContext): void {
  const { snapshotFetch, quorum, bugs } = context;
  if (snapshotFetch === undefined) return;
  if (bugs.resumeSnapshotOfFormerLeader === true) {
    const { leaderId = snapshotFetch.leaderId, epoch } = quorum;
    context.snapshotFetch = { ...snapshotFetch, leaderId, epoch };
    return;
  }
  const stays = quorum.epoch === snapshotFetch.epoch && quorum.leaderId === snapshotFetch.leaderId;
  if (!stays) dropSnapshotFetch(context);
}

function isSame(left: OffsetAndEpoch, right: OffsetAndEpoch): boolean {
  return left.offset === right.offset && left.epoch === right.epoch;
}
