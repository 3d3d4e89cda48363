import { SUPPORTED_KRAFT_VERSIONS } from './kraft-versions';
import type { UpdateVoterResponse, VoterChangeRequest } from './messages';
import type { RaftContext } from './raft-context';
import type { Follower } from './roles/follower';
import { sameVoter } from './voter-set';

/**
 * What a follower does about its own place in the voter set (KIP-853): a voter whose endpoint or supported versions differ
 * from its entry sends UpdateVoter, and a static voter sends it once to every leader; an observer that is to join by itself
 * sends AddVoter, and before that RemoveVoter for the voter it was before its disk was replaced. One request per two fetch
 * timeouts, whatever becomes of it (KAFKA-17751, KAFKA-19605), and one at once when the voter set changed. Returns when to
 * come back.
 */
export function pollOwnVoter(context: RaftContext, role: Follower): number {
  const { nowMs, outbox, settings } = context;
  const request = role.hasFetched ? wanted(context, role) : undefined;
  if (request === undefined) return Infinity;
  const dueMs = Math.max(role.ownVoterDueMs, outbox.readyAtMs(role.leader.id, request.type));
  if (dueMs > nowMs) return dueMs;
  role.ownVoterDueMs = nowMs + 2 * settings.fetchTimeoutMs;
  outbox.send({ nodeId: role.leader.id, endpoint: role.leader.endpoint }, request);
  return role.ownVoterDueMs;
}

/** The leader has the announcement of this static voter, or has no use for it. */
export function receiveAnnouncement({ quorum, history }: RaftContext, { error }: UpdateVoterResponse): void {
  const { role } = quorum;
  const isSettled = error === 'NONE' || error === 'UNSUPPORTED_VERSION';
  if (role.name === 'follower' && !history.isWritten && isSettled) role.isAnnounced = true;
}

function wanted(context: RaftContext, role: Follower): VoterChangeRequest | undefined {
  const { self, endpoint, clusterId, history, highWatermark, quorum, settings } = context;
  if (endpoint === undefined || self.directoryId === undefined) return undefined;
  const kraftVersions = SUPPORTED_KRAFT_VERSIONS;
  const update = { type: 'updateVoter', clusterId, epoch: quorum.epoch, voter: self, endpoint, kraftVersions } as const;
  if (context.hasStaticVoters) return quorum.isVoter && !role.isAnnounced ? update : undefined;
  const isSettled = history.latestOffset !== undefined && history.latestOffset < (highWatermark ?? 0);
  if (!isSettled) return undefined;
  const entry = history.latest.voter(self.id);
  if (entry !== undefined && quorum.isVoter) {
    return sameVoter(entry, { key: entry.key, endpoint, kraftVersions }) ? undefined : update;
  }
  if (!context.autoJoin) return undefined;
  if (entry !== undefined) return { type: 'removeVoter', clusterId, voter: entry.key };
  // The leader answers before this replica takes it for silent.
  const timeoutMs = settings.requestTimeoutMs / 2;
  return { type: 'addVoter', clusterId, voter: self, endpoint, timeoutMs, ackWhenCommitted: false };
}
