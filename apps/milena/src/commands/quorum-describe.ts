import { describeQuorumRpc } from '@milena/cluster-protocol';
import { endpointText, errorInfo, parseEndpoint, type Endpoint } from '@milena/model';
import type { Connector } from '@milena/platform';
import type { DescribeQuorumResponse, ReplicaProgress } from '@milena/raft';
import { createGrpcConnector } from '@milena/rpc';
import { CommandFailure } from '../command-failure';
import { printObject, printRows, type Column, type OutputFormat } from '../output/printer';

const TIMEOUT_MS = 3_000;
/** Only the leader knows the replicas' progress; it may have changed while we asked. */
const HOPS_MAX = 4;

interface ReplicaRow {
  readonly role: 'leader' | 'voter' | 'observer';
  readonly id: number;
  readonly directoryId: string | undefined;
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
  { heading: 'DIRECTORY', cell: ({ directoryId }) => directoryId ?? '-' },
];

/** `milena quorum describe`: the quorum as its leader sees it. */
export async function describeQuorum(options: { bootstrapController: string; output: OutputFormat }): Promise<void> {
  const response = await askLeader(createGrpcConnector(), parseEndpoints(options.bootstrapController));
  const { leaderId, epoch: leaderEpoch, highWatermark = -1 } = response;
  const end = response.voters.find(({ replica }) => replica.id === leaderId)?.logEndOffset ?? -1;
  const row = (progress: ReplicaProgress, role: ReplicaRow['role']): ReplicaRow => {
    const { replica, logEndOffset, lastFetchTimestamp, lastCaughtUpTimestamp } = progress;
    const lag = logEndOffset < 0 || end < 0 ? -1 : Math.max(0, end - logEndOffset);
    return {
      role,
      ...replica,
      directoryId: replica.directoryId,
      logEndOffset,
      lag,
      lastFetchTimestamp,
      lastCaughtUpTimestamp,
    };
  };
  const voters = response.voters.map((voter) => row(voter, voter.replica.id === leaderId ? 'leader' : 'voter'));
  const observers = response.observers.map((observer) => row(observer, 'observer'));
  const summary = { leaderId, leaderEpoch, highWatermark };
  if (options.output !== 'table') return printObject(options.output, { ...summary, voters, observers });
  await printObject('table', summary);
  process.stdout.write('\n');
  await printRows('table', [...voters, ...observers], COLUMNS);
}

function parseEndpoints(text: string): readonly Endpoint[] {
  return text.split(',').map((item) => {
    const endpoint = parseEndpoint(item);
    if (endpoint !== undefined) return endpoint;
    throw new CommandFailure(2, `--bootstrap-controller ${text}: must be host:port,...`);
  });
}

/** Asks one controller after the other until the leader has answered, following what they say of it. */
async function askLeader(connector: Connector, bootstrap: readonly Endpoint[]): Promise<DescribeQuorumResponse> {
  const toAsk = [...bootstrap];
  let problem = 'no controller was asked';
  for (let hop = 0; hop < bootstrap.length + HOPS_MAX; hop++) {
    const endpoint = toAsk.shift();
    if (endpoint === undefined) break;
    const answer = await ask(connector, endpoint);
    if (typeof answer === 'string') {
      problem = answer;
      continue;
    }
    if (answer.error === 'NONE') return answer;
    problem = `controller ${endpointText(endpoint)}: ${answer.error}: ${errorInfo(answer.error).text}`;
    if (answer.leaderEndpoint !== undefined) toAsk.unshift(answer.leaderEndpoint);
  }
  throw new CommandFailure(1, problem);
}

async function ask(connector: Connector, endpoint: Endpoint): Promise<DescribeQuorumResponse | string> {
  const channel = connector.connect(endpoint, 'command line');
  try {
    // Controllers take an empty cluster id for theirs.
    const request = describeQuorumRpc.encodeRequest({ type: 'describeQuorum' });
    const outcome = await channel.unary(describeQuorumRpc.method, request, { timeoutMs: TIMEOUT_MS });
    if (outcome.ok) return describeQuorumRpc.decodeResponse(outcome.value);
    return `controller ${endpointText(endpoint)}: ${outcome.error.reason}: ${outcome.error.message}`;
  } finally {
    channel.close();
  }
}
