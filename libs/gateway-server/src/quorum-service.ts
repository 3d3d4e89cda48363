import type { MessageInitShape } from '@bufbuild/protobuf';
import { addVoterRpc, describeQuorumRpc, removeVoterRpc } from '@milena/cluster-protocol';
import { errorInfo, failure, isUuid, success, type Result } from '@milena/model';
import { QuorumService, type QuorumReplicaSchema } from '@milena/proto';
import type { DescribeQuorumResponse, ReplicaProgress, VoterChangeResponse } from '@milena/raft';
import { adminMethods, type AdminCall, type AdminMethod } from './admin-method';
import type { GatewayContext } from './gateway-context';
import { invalidField } from './invalid-field';
import { timestampMessage } from './timestamp';

const QUESTION_TIMEOUT_MS = 5_000;
const CHANGE_TIMEOUT_MS = { default: 30_000, max: 60_000 };
/** The leader answers within the time of the request; this is for the way there and back. */
const GRACE_MS = 2_000;

/** QuorumService: the replicas of the metadata log, as their leader sees them, and changes of those that vote. */
export function quorumService(context: GatewayContext): readonly AdminMethod[] {
  return adminMethods(QuorumService, {
    async getQuorum(_request, call) {
      const described = await context.quorum.ask(
        describeQuorumRpc,
        { type: 'describeQuorum' },
        leaderCall('question', QUESTION_TIMEOUT_MS, call),
      );
      return described.ok ? success({ quorum: quorumMessage(described.value) }) : described;
    },
    async addVoter({ nodeId, directoryId, host, port, timeoutMs: wanted }, call) {
      if (!isUuid(directoryId)) return invalidField('directory_id', 'must be a uuid of 22 characters');
      if (host === '') return invalidField('host', 'must be a host name or address');
      if (port < 1 || port > 65_535) return invalidField('port', 'must be from 1 to 65535');
      if (wanted < 0) return invalidField('timeout_ms', 'must not be negative');
      const timeoutMs = Math.min(wanted === 0 ? CHANGE_TIMEOUT_MS.default : wanted, CHANGE_TIMEOUT_MS.max);
      const request = {
        type: 'addVoter',
        voter: { id: nodeId, directoryId },
        endpoint: { host, port },
        timeoutMs,
        ackWhenCommitted: true,
      } as const;
      return changed(await context.quorum.ask(addVoterRpc, request, leaderCall('change', timeoutMs + GRACE_MS, call)));
    },
    async removeVoter({ nodeId, directoryId }, call) {
      if (!isUuid(directoryId)) return invalidField('directory_id', 'must be a uuid of 22 characters');
      const request = { type: 'removeVoter', voter: { id: nodeId, directoryId } } as const;
      const limits = leaderCall('change', CHANGE_TIMEOUT_MS.default, call);
      return changed(await context.quorum.ask(removeVoterRpc, request, limits));
    },
  });
}

function leaderCall(kind: 'question' | 'change', timeoutMs: number, { trace }: AdminCall) {
  return { kind, timeoutMs, ...(trace === undefined ? {} : { trace }) };
}

function changed(answer: Result<VoterChangeResponse>): Result<Record<string, never>> {
  if (!answer.ok) return answer;
  const { error, message } = answer.value;
  return error === 'NONE' ? success({}) : failure(error, message ?? errorInfo(error).text);
}

function quorumMessage({ leaderId, epoch, highWatermark, voters, observers }: DescribeQuorumResponse) {
  const logEnd = voters.find(({ replica }) => replica.id === leaderId)?.logEndOffset ?? -1;
  return {
    leaderId,
    leaderEpoch: epoch,
    ...(highWatermark === undefined ? {} : { highWatermark: BigInt(highWatermark) }),
    voters: voters.map((progress) => replicaMessage(progress, logEnd)),
    observers: observers.map((progress) => replicaMessage(progress, logEnd)),
  };
}

function replicaMessage(progress: ReplicaProgress, logEnd: number): MessageInitShape<typeof QuorumReplicaSchema> {
  const { replica, logEndOffset, lastFetchTimestamp, lastCaughtUpTimestamp } = progress;
  return {
    nodeId: replica.id,
    directoryId: replica.directoryId ?? '',
    ...(logEndOffset < 0 ? {} : { logEndOffset: BigInt(logEndOffset) }),
    ...(logEndOffset < 0 || logEnd < 0 ? {} : { lag: BigInt(Math.max(0, logEnd - logEndOffset)) }),
    ...(lastFetchTimestamp < 0 ? {} : { lastFetchTime: timestampMessage(lastFetchTimestamp) }),
    ...(lastCaughtUpTimestamp < 0 ? {} : { lastCaughtUpTime: timestampMessage(lastCaughtUpTimestamp) }),
  };
}
