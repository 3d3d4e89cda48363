import { CommandFailure } from '../command-failure';

/** Where one partition is to be. */
export interface Placement {
  readonly partition: number;
  readonly brokerIds: readonly number[];
}

/** Parses a partition's number; throws CommandFailure naming the argument that is none. */
export function partitionNumber(text: string, place: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new CommandFailure(2, `${place} ${text}: must be the number of a partition`);
  return Number(text);
}

/** Parses `partition=broker,broker...`; throws CommandFailure naming the argument that is none. */
export function placement(text: string): Placement {
  const [, partition = '', brokers = ''] = /^(\d{1,9})=(\d{1,9}(?:,\d{1,9})*)$/.exec(text) ?? [];
  if (partition === '') {
    throw new CommandFailure(2, `${text}: must be partition=broker,broker,..., the preferred leader first`);
  }
  return { partition: Number(partition), brokerIds: brokers.split(',').map(Number) };
}
