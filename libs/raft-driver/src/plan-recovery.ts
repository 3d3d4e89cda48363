import { addOffset, type Endpoint, type Offset, type TimestampMs, ZERO_OFFSET, type Uuid } from '@milena/model';
import type { Disk } from '@milena/platform';
import { INITIAL_QUORUM_STATE, type QuorumState } from '@milena/raft';
import type { VoterEntry } from '@milena/record-batch';
import { readBootstrapCheckpoint } from './bootstrap-checkpoint';
import { metadataFolder } from './format-storage';
import { ownMetaProperties } from './meta-properties';
import { readQuorumState } from './quorum-state-file';
import { storedRecords, UnreadableMetadataLog } from './stored-records';

/**
 * How far the recovered quorum's epoch is ahead of the last one this node knows: the lost voters may have elected leaders
 * of their own in epochs it never heard of, and no epoch may be led twice.
 */
const EPOCH_STEP = 1_000;

/** Whose log is to become the truth, and where it is served. */
export interface RecoverySubject {
  readonly nodeId: number;
  /** Log folder with `__cluster_metadata-0`. */
  readonly logFolder: string;
  readonly listenerName: string;
  readonly endpoint: Endpoint;
  readonly configFile: string | undefined;
}

/** What a recovery would do: this node becomes the only voter, with the log it has. */
export interface RecoveryPlan {
  readonly clusterId: string;
  readonly nodeId: number;
  readonly directoryId: Uuid;
  /** The metadata log's folder. */
  readonly folder: string;
  /** Where the log ends: compare it among the survivors, the greatest epoch and then the greatest offset knows most. */
  readonly lastEpoch: number;
  readonly logEndOffset: Offset;
  readonly lastTimestamp: TimestampMs | undefined;
  /** What stands behind that end and cannot be read, as a power cut leaves it; it is cut off. */
  readonly damage: string | undefined;
  readonly quorumState: QuorumState;
  /** The epoch the new voter set is written in. */
  readonly newEpoch: number;
  readonly votersBefore: readonly VoterEntry[];
  /** Those who will not vote any more. */
  readonly dropped: readonly VoterEntry[];
  /** The only voter afterwards. */
  readonly voter: VoterEntry;
}

/**
 * Reads what a recovery would do, and changes nothing. Throws UnusableLogFolder, UnreadableMetadataLog when there is no log,
 * UnusableQuorumState, UnusableBootstrapCheckpoint. Whether a damaged log has lost anything that was committed is for
 * recoverQuorum to say.
 */
export function planRecovery(disk: Disk, subject: RecoverySubject): RecoveryPlan {
  const { nodeId, logFolder, listenerName, endpoint } = subject;
  const { clusterId, directoryId } = ownMetaProperties(disk, logFolder, subject);
  const folder = metadataFolder(logFolder);
  const quorumState = readQuorumState(disk, folder) ?? INITIAL_QUORUM_STATE;
  const end = endOfLog(disk, logFolder);
  const votersBefore = end.voters ?? readBootstrapCheckpoint(disk, folder)?.voters ?? [];
  const listener = { name: listenerName, ...endpoint };
  const voter = { voterId: nodeId, directoryId, endpoints: [listener], kraftVersionMin: 0, kraftVersionMax: 1 };
  return {
    clusterId,
    nodeId,
    directoryId,
    folder,
    lastEpoch: end.lastEpoch,
    logEndOffset: end.logEndOffset,
    lastTimestamp: end.lastTimestamp,
    damage: end.damage,
    quorumState,
    newEpoch: Math.max(quorumState.leaderEpoch, end.lastEpoch) + EPOCH_STEP,
    votersBefore,
    dropped: votersBefore.filter((each) => each.voterId !== nodeId || each.directoryId !== directoryId),
    voter,
  };
}

function endOfLog(disk: Disk, logFolder: string) {
  let logEndOffset = ZERO_OFFSET;
  let lastEpoch = 0;
  let lastTimestamp: TimestampMs | undefined;
  let voters: readonly VoterEntry[] | undefined;
  let damage: string | undefined;
  try {
    for (const { offset: at, epoch, timestamp, content, snapshot } of storedRecords(disk, logFolder)) {
      logEndOffset = snapshot?.offset ?? addOffset(at, 1);
      lastEpoch = snapshot?.epoch ?? epoch;
      lastTimestamp = timestamp;
      if (!Buffer.isBuffer(content) && content.type === 'voters') voters = content.voters;
    }
  } catch (error) {
    if (!(error instanceof UnreadableMetadataLog) || error.reason === 'missing') throw error;
    damage = error.message;
  }
  return { logEndOffset, lastEpoch, lastTimestamp, voters, damage };
}
