import type { MessageInitShape } from '@bufbuild/protobuf';
import { success } from '@milena/model';
import { QuorumService, type QuorumReplicaSchema } from '@milena/proto';
import type { ReplicaProgress } from '@milena/raft';
import { adminMethods, type AdminMethod } from './admin-method';
import type { GatewayContext } from './gateway-context';
import { timestampMessage } from './timestamp';

/** QuorumService: the replicas of the metadata log, as their leader sees them. */
export function quorumService(context: GatewayContext): readonly AdminMethod[] {
  return adminMethods(QuorumService, {
    async getQuorum(_request, call) {
      const described = await context.describeQuorum(call);
      if (!described.ok) return described;
      const { leaderId, epoch, highWatermark, voters, observers } = described.value;
      const logEnd = voters.find(({ replica }) => replica.id === leaderId)?.logEndOffset ?? -1;
      const quorum = {
        leaderId: leaderId ?? -1,
        leaderEpoch: epoch,
        ...(highWatermark === undefined ? {} : { highWatermark: BigInt(highWatermark) }),
        voters: voters.map((progress) => replicaMessage(progress, logEnd)),
        observers: observers.map((progress) => replicaMessage(progress, logEnd)),
      };
      return success({ quorum });
    },
  });
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
