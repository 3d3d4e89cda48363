import type { AlterPartitionOutcome, AlterPartitionRequest, AlterPartitionResponse } from '@milena/controller';
import { leaderRecoveryStateOnWire } from '@milena/metadata';
import { errorName, failure, NO_NODE, NO_OFFSET, success, type Offset, type Result } from '@milena/model';
import { type AlterPartitionResult, AlterPartitionRequestSchema, AlterPartitionResponseSchema } from '@milena/proto';
import {
  naturalFromWire,
  naturalOrNoneFromWire,
  offsetFromWire,
  offsetOrNoneFromWire,
  uuidFromWire,
} from '../wire-values';
import { defineRpc } from '../rpc';
import { outcomeFromWire, outcomeToWire } from './wire-outcome';

/** A leader proposes ISR changes (KIP-497). Refusals of single partitions carry no sentence on the wire, as Kafka's do not. */
export const alterPartitionRpc = defineRpc(
  'controller.v1.ControllerService/AlterPartition',
  {
    schema: AlterPartitionRequestSchema,
    toWire: ({ principal, brokerId, brokerEpoch, topics }: AlterPartitionRequest) => ({
      principal,
      brokerId,
      brokerEpoch: BigInt(brokerEpoch),
      topics: topics.map(({ topicId, partitions }) => ({
        topicId,
        partitions: partitions.map((proposal) => ({
          partitionIndex: proposal.partition,
          leaderEpoch: proposal.leaderEpoch,
          partitionEpoch: proposal.partitionEpoch,
          newIsr: proposal.newIsr.map((member) => ({ ...member, brokerEpoch: BigInt(member.brokerEpoch) })),
          leaderRecoveryState: leaderRecoveryStateOnWire.toWire(proposal.leaderRecoveryState),
          minInsyncReplicas: proposal.minInsyncReplicas,
        })),
      })),
    }),
    fromWire: (message): AlterPartitionRequest => ({
      principal: message.principal,
      brokerId: naturalFromWire(message.brokerId, 'broker id'),
      brokerEpoch: offsetFromWire(message.brokerEpoch),
      topics: message.topics.map(({ topicId, partitions }) => ({
        topicId: uuidFromWire(topicId),
        partitions: partitions.map((proposal) => ({
          partition: naturalFromWire(proposal.partitionIndex, 'partition'),
          leaderEpoch: naturalFromWire(proposal.leaderEpoch, 'leader epoch'),
          partitionEpoch: naturalFromWire(proposal.partitionEpoch, 'partition epoch'),
          newIsr: proposal.newIsr.map(({ brokerId, brokerEpoch }) => ({
            brokerId: naturalFromWire(brokerId, 'broker id'),
            brokerEpoch: offsetOrNoneFromWire(brokerEpoch),
          })),
          leaderRecoveryState: leaderRecoveryStateOnWire.fromWire(proposal.leaderRecoveryState),
          minInsyncReplicas: naturalFromWire(proposal.minInsyncReplicas, 'min.insync.replicas'),
        })),
      })),
    }),
  },
  {
    schema: AlterPartitionResponseSchema,
    toWire: (response: Result<AlterPartitionResponse>) => ({
      ...outcomeToWire(response),
      topics: response.ok
        ? response.value.topics.map(({ topicId, partitions }) => ({
            topicId,
            partitions: partitions.map(partitionToWire),
          }))
        : [],
      metadataOffset: BigInt(response.ok ? response.value.metadataOffset : NO_OFFSET),
    }),
    fromWire: (message): Result<AlterPartitionResponse> =>
      outcomeFromWire(message, () => ({
        topics: message.topics.map(({ topicId, partitions }) => ({
          topicId: uuidFromWire(topicId),
          partitions: partitions.map(partitionFromWire),
        })),
        metadataOffset: offsetOrNoneFromWire(message.metadataOffset) as Offset,
      })),
  },
);

function partitionToWire({ partition, result }: AlterPartitionOutcome) {
  const { errorCode } = outcomeToWire(result);
  if (!result.ok) return { partitionIndex: partition, errorCode, leaderId: NO_NODE };
  const { leader, leaderEpoch, isr, leaderRecoveryState, partitionEpoch } = result.value;
  return {
    partitionIndex: partition,
    errorCode,
    leaderId: leader,
    leaderEpoch,
    isr: [...isr],
    leaderRecoveryState: leaderRecoveryStateOnWire.toWire(leaderRecoveryState),
    partitionEpoch,
  };
}

function partitionFromWire(message: AlterPartitionResult): AlterPartitionOutcome {
  const partition = naturalFromWire(message.partitionIndex, 'partition');
  const error = errorName(message.errorCode);
  if (error !== 'NONE') return { partition, result: failure(error, '') };
  return {
    partition,
    result: success({
      leader: naturalOrNoneFromWire(message.leaderId, 'leader'),
      leaderEpoch: naturalFromWire(message.leaderEpoch, 'leader epoch'),
      isr: message.isr,
      leaderRecoveryState: leaderRecoveryStateOnWire.fromWire(message.leaderRecoveryState),
      partitionEpoch: naturalFromWire(message.partitionEpoch, 'partition epoch'),
    }),
  };
}
