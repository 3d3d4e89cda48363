import { failure, success, type Result } from '@milena/model';
import { appendVoters } from './append-voters';
import { answerParkedFetches, maybeAdvanceHighWatermark } from './fetch-requests';
import { DYNAMIC_VOTERS, SUPPORTED_KRAFT_VERSIONS, supportsDynamicVoters } from './kraft-versions';
import type { UpdateVoterRequest } from './messages';
import type { RaftContext } from './raft-context';
import type { Leader } from './roles/leader';
import { VoterSet, type Voter } from './voter-set';

/** The level of kraft.version that is wanted. */
export interface KraftUpgrade {
  /** The epoch in which this replica is believed to lead. */
  readonly epoch: number;
  readonly version: number;
  /** Only says whether it could be done. */
  readonly validateOnly: boolean;
}

/** A static voter says which directory it has and what it supports. The leader keeps that in memory (KIP-853). */
export function announceVoter(leader: Leader, { voter, kraftVersions }: UpdateVoterRequest): void {
  leader.announced.set(voter.id, { directoryId: voter.directoryId, kraftVersions });
}

/**
 * Makes a quorum of static voters one whose voters are in its log (KIP-853, KAFKA-16538): kraft.version 1 and the voter set
 * are appended as one batch, which rules from its append on and is undone with it. Nothing happens when the level is in
 * force. Failures: NOT_CONTROLLER; INVALID_UPDATE_VERSION for a level that cannot be had; FEATURE_UPDATE_FAILED while a voter
 * has not announced itself; REQUEST_TIMED_OUT before the leader has committed a record of its epoch.
 */
export function upgradeKraftVersion(
  context: RaftContext,
  { epoch, version, validateOnly }: KraftUpgrade,
): Result<void> {
  const { history, quorum } = context;
  const { role } = quorum;
  if (role.name !== 'leader' || role.epoch !== epoch) {
    return failure('NOT_CONTROLLER', `this node does not lead epoch ${epoch} of the metadata log`);
  }
  const current = history.isWritten ? DYNAMIC_VOTERS : 0;
  if (version === current) return success(undefined);
  if (version < current) {
    return failure('INVALID_UPDATE_VERSION', 'a quorum whose voters are in its log does not go back to static ones');
  }
  const { max } = SUPPORTED_KRAFT_VERSIONS;
  if (version > max) return failure('INVALID_UPDATE_VERSION', `kraft.version ${max} is the highest that is known`);
  if (role.highWatermark === undefined) {
    return failure('REQUEST_TIMED_OUT', 'the leader has not committed a record of its epoch yet');
  }
  const voters = announcedVoters(context, role);
  if (!voters.ok || validateOnly) return voters.ok ? success(undefined) : voters;
  appendVoters(context, epoch, voters.value, [{ type: 'kraftVersion', version }]);
  maybeAdvanceHighWatermark(context, role);
  answerParkedFetches(context, role);
  return success(undefined);
}

/**
 * The static voters with the directories they have. They stay where the configuration says, which the quorum has proved to
 * be right; whoever announces another endpoint is probed there once the set is in the log (KAFKA-20661).
 */
function announcedVoters({ self, history }: RaftContext, leader: Leader): Result<VoterSet> {
  const voters: Voter[] = [];
  for (const { key, endpoint } of history.latest.voters) {
    const isSelf = key.id === self.id;
    const own = { directoryId: self.directoryId, kraftVersions: SUPPORTED_KRAFT_VERSIONS };
    const { directoryId, kraftVersions } = (isSelf ? own : leader.announced.get(key.id)) ?? {};
    if (directoryId === undefined || kraftVersions === undefined) {
      return failure('FEATURE_UPDATE_FAILED', `voter ${key.id} has not told the leader which log directory it has`);
    }
    if (!supportsDynamicVoters(kraftVersions)) {
      const { min, max } = kraftVersions;
      return failure('INVALID_UPDATE_VERSION', `voter ${key.id} supports kraft.version ${min} to ${max} only`);
    }
    voters.push({ key: { id: key.id, directoryId }, endpoint, kraftVersions });
  }
  return success(VoterSet.of(voters));
}
