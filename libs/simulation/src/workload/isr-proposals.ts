import { isActiveBroker, type MetadataImage, type PartitionState } from '@milena/metadata';
import type { Uuid } from '@milena/model';
import { configuredMinIsr } from '../configured';

/** What a leader wants its in-sync sets to be: its followers fell behind, or have caught up. */
export type IsrWish = 'alone' | 'all in sync';

/** One topic of an AlterPartition request, with one partition. */
export interface TopicProposal {
  readonly topicId: Uuid;
  readonly partitions: readonly [
    {
      readonly partition: number;
      readonly leaderEpoch: number;
      readonly partitionEpoch: number;
      readonly newIsr: readonly { readonly brokerId: number; readonly brokerEpoch: number }[];
      readonly leaderRecoveryState: 'RECOVERED';
      readonly minInsyncReplicas: number;
    },
  ];
}

/**
 * The changes a broker asks for of what it leads in `image`. Members are named with the epochs that the image knows; those
 * that may not join are left out. A leader that is recovering says that it has recovered.
 */
export function isrProposals(image: MetadataImage, leaderId: number, wish: IsrWish): readonly TopicProposal[] {
  const proposals: TopicProposal[] = [];
  for (const { topic, partition, state } of image.hostedPartitions(leaderId, 'leader')) {
    const wanted = wish === 'alone' ? [leaderId] : state.replicas.filter((id) => isActiveBroker(image.broker(id)));
    if (!isChange(state, wanted)) continue;
    const newIsr = wanted.map((brokerId) => ({ brokerId, brokerEpoch: image.broker(brokerId)?.epoch ?? -1 }));
    const { leaderEpoch, partitionEpoch } = state;
    const what = { leaderEpoch, partitionEpoch, newIsr, leaderRecoveryState: 'RECOVERED' as const };
    const proposal = { partition, ...what, minInsyncReplicas: configuredMinIsr(image, topic.name) };
    proposals.push({ topicId: topic.id, partitions: [proposal] });
  }
  return proposals;
}

function isChange({ isr, leaderRecoveryState }: PartitionState, wanted: readonly number[]): boolean {
  if (leaderRecoveryState === 'RECOVERING') return true;
  return isr.length !== wanted.length || !wanted.every((id) => isr.includes(id));
}
