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

const NO_PAGE: Int32Array = new Int32Array(0);

/** A table of partitions without rows. */
export function emptyPartitionTable(): IntTable {
  return new IntTable(Object.keys(COLUMN).length);
}

/** The state in a row. */
export function partitionInRow(table: IntTable | IntTableEdit, lists: PartitionLists, row: number): PartitionState {
  const page = table.pageOf(row) ?? NO_PAGE;
  const at = row % PAGE_ROWS;
  const value = (column: number): number => page[column * PAGE_ROWS + at] ?? 0;
  const extras = lists.extras(value(COLUMN.extras));
  const { leaderRecoveryState, addingReplicas, removingReplicas, elr, lastKnownElr } = extras;
  return {
    replicas: lists.brokers.get(value(COLUMN.replicas)),
    isr: lists.brokers.get(value(COLUMN.isr)),
    leader: value(COLUMN.leader),
    leaderEpoch: value(COLUMN.leaderEpoch),
    partitionEpoch: value(COLUMN.partitionEpoch),
    leaderRecoveryState,
    directories: lists.directories.get(value(COLUMN.directories)),
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

/** How many of `count` rows from `first` on have another leader than `preferred` names by the number of their replicas. */
export function countLedByOthers(
  table: IntTable,
  { first, count }: { readonly first: number; readonly count: number },
  preferred: Int32Array,
): number {
  let found = 0;
  let row = first;
  const end = first + count;
  while (row < end) {
    const page = table.pageOf(row) ?? NO_PAGE;
    const last = Math.min(end, row - (row % PAGE_ROWS) + PAGE_ROWS);
    for (; row < last; row++) {
      const at = row % PAGE_ROWS;
      const wanted = preferred[page[COLUMN.replicas * PAGE_ROWS + at] ?? 0];
      if (page[COLUMN.leader * PAGE_ROWS + at] !== wanted) found += 1;
    }
  }
  return found;
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
