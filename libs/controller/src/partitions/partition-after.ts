import type { PartitionChangeRecord, PartitionState } from '@milena/metadata';

/** The partition once the record has taken effect, as every node will see it; `undefined` leaves it as it is. */
export function partitionAfter(before: PartitionState, record: PartitionChangeRecord | undefined): PartitionState {
  if (record === undefined) return before;
  return {
    replicas: record.replicas ?? before.replicas,
    isr: record.isr ?? before.isr,
    leader: record.leader ?? before.leader,
    leaderEpoch: before.leaderEpoch + (record.leader === undefined ? 0 : 1),
    partitionEpoch: before.partitionEpoch + 1,
    leaderRecoveryState: record.leaderRecoveryState ?? before.leaderRecoveryState,
    directories: record.directories ?? before.directories,
    addingReplicas: record.addingReplicas ?? before.addingReplicas,
    removingReplicas: record.removingReplicas ?? before.removingReplicas,
    elr: record.elr ?? before.elr,
    lastKnownElr: record.lastKnownElr ?? before.lastKnownElr,
  };
}
