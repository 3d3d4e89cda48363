import { describeQuorumRpc } from '@milena/cluster-protocol';
import { endpointText } from '@milena/model';
import type { ReplicaProgress } from '@milena/raft';
import { printObject, printRows, type Column } from '../output/printer';
import { askQuorum, type QuorumOptions } from './quorum-client';

const TIMEOUT_MS = 3_000;

/** Options of `quorum describe`: both parts without either. */
export interface DescribeOptions extends QuorumOptions {
  /** Only who leads, how far, and who votes. */
  readonly status?: true;
  /** Only how far every replica is. */
  readonly replication?: true;
}

interface ReplicaRow {
  readonly role: 'leader' | 'voter' | 'observer';
  readonly id: number;
  readonly directoryId: string | undefined;
  readonly endpoint?: string;
  readonly logEndOffset: number;
  readonly lag: number;
  readonly lastFetchTimestamp: number;
  readonly lastCaughtUpTimestamp: number;
}

const COLUMNS: readonly Column<ReplicaRow>[] = [
  { heading: 'NODE', cell: ({ id }) => id },
  { heading: 'ROLE', cell: ({ role }) => role },
  { heading: 'LOG END', cell: ({ logEndOffset }) => (logEndOffset < 0 ? '-' : logEndOffset) },
  { heading: 'LAG', cell: ({ lag }) => (lag < 0 ? '-' : lag) },
  { heading: 'LAST FETCH', cell: ({ lastFetchTimestamp }) => timeText(lastFetchTimestamp) },
  { heading: 'LAST CAUGHT UP', cell: ({ lastCaughtUpTimestamp }) => timeText(lastCaughtUpTimestamp) },
  { heading: 'ENDPOINT', cell: ({ endpoint }) => endpoint ?? '-' },
  { heading: 'DIRECTORY', cell: ({ directoryId }) => directoryId ?? '-' },
];

/** `milena quorum describe`: the quorum as its leader sees it. */
export async function describeQuorum(options: DescribeOptions): Promise<void> {
  const question = { kind: 'question', timeoutMs: TIMEOUT_MS } as const;
  const response = await askQuorum(options, (quorum) =>
    quorum.ask(describeQuorumRpc, { type: 'describeQuorum' }, question),
  );
  const { leaderId, epoch: leaderEpoch, highWatermark = -1, clusterId } = response;
  const end = response.voters.find(({ replica }) => replica.id === leaderId)?.logEndOffset ?? -1;
  const voters = response.voters.map((voter) => row(voter, voter.replica.id === leaderId ? 'leader' : 'voter', end));
  const observers = response.observers.map((observer) => row(observer, 'observer', end));
  const followers = voters.filter(({ role }) => role === 'voter');
  const maxFollowerLag = Math.max(0, ...followers.map(({ lag }) => lag));
  const summary = { clusterId, leaderId, leaderEpoch, highWatermark, maxFollowerLag };
  const isStatus = options.status === true || options.replication !== true;
  const isReplication = options.replication === true || options.status !== true;
  if (options.output !== 'table') {
    return printObject(options.output, { ...(isStatus ? summary : {}), voters, observers });
  }
  if (isStatus) {
    const ids = (rows: readonly ReplicaRow[]) => rows.map(({ id }) => id).join(', ');
    await printObject('table', { ...summary, voters: ids(voters), observers: ids(observers) });
  }
  if (isStatus && isReplication) process.stdout.write('\n');
  if (isReplication) await printRows('table', [...voters, ...observers], COLUMNS);
}

function row(progress: ReplicaProgress, role: ReplicaRow['role'], end: number): ReplicaRow {
  const { replica, endpoint, logEndOffset, lastFetchTimestamp, lastCaughtUpTimestamp } = progress;
  const lag = logEndOffset < 0 || end < 0 ? -1 : Math.max(0, end - logEndOffset);
  return {
    role,
    id: replica.id,
    directoryId: replica.directoryId,
    ...(endpoint === undefined ? {} : { endpoint: endpointText(endpoint) }),
    logEndOffset,
    lag,
    lastFetchTimestamp,
    lastCaughtUpTimestamp,
  };
}

function timeText(timestamp: number): string {
  return timestamp < 0 ? '-' : new Date(timestamp).toISOString();
}
