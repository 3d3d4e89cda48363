import type { PartitionState } from '../partition-state';
import { IntTable, PAGE_ROWS, type IntTableEdit } from './int-table';
import type { PartitionLists } from './partition-lists';

/** Columns of a partition: 28 bytes. Those of lists hold numbers of PartitionLists. */
export const COLUMN = {
  replicas: 0,
  isr: 1,
  leader: 2,
  leaderEpoch: 3,
  partitionEpoch: 4,
  directories: 5,
  extras: 6,
} as const;

/** A table of partitions without rows. */
export function emptyPartitionTable(): IntTable {
  return new IntTable(Object.keys(COLUMN).length);
}

/** The state in a row. */
export function partitionInRow(table: IntTable | IntTableEdit, lists: PartitionLists, row: number): PartitionState {
  const value = (column: keyof typeof COLUMN): number => table.get(row, COLUMN[column]);
  const { leaderRecoveryState, addingReplicas, removingReplicas, elr, lastKnownElr } = lists.extras(value('extras'));
  return {
    replicas: lists.brokers.get(value('replicas')),
    isr: lists.brokers.get(value('isr')),
    leader: value('leader'),
    leaderEpoch: value('leaderEpoch'),
    partitionEpoch: value('partitionEpoch'),
    leaderRecoveryState,
    directories: lists.directories.get(value('directories')),
    addingReplicas,
    removingReplicas,
    elr,
    lastKnownElr,
  };
}

/** A state as the values of a row. */
export function rowOfPartition(lists: PartitionLists, state: PartitionState): number[] {
  const replicas = lists.brokersNumber(state.replicas);
  return [
    replicas,
    lists.brokersNumber(state.isr),
    state.leader,
    state.leaderEpoch,
    state.partitionEpoch,
    lists.directories.numberOf(state.directories, replicas),
    lists.extrasNumber(state),
  ];
}

/** Index among `count` rows from `first` on, of each whose column holds a value that `matches` (1) or not (0). */
export function* rowsWhere(
  table: IntTable,
  { first, count, column }: { readonly first: number; readonly count: number; readonly column: number },
  matches: (value: number) => boolean,
): Iterable<number> {
  let row = first;
  const end = first + count;
  while (row < end) {
    const page = table.pageOf(row);
    const last = Math.min(end, row - (row % PAGE_ROWS) + PAGE_ROWS);
    for (; row < last; row++) if (matches(page?.[column * PAGE_ROWS + (row % PAGE_ROWS)] ?? 0)) yield row - first;
  }
}
