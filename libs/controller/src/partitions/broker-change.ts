import type { MetadataImage, MetadataRecord } from '@milena/metadata';
import type { ControllerDefaults } from '../controller-defaults';
import type { UnfinishedSweep } from '../decision';
import { sweepBroker, type PartitionSweep, type SweepStepLimits } from './partition-sweep';
import { partitionRules, type BrokerAfter } from './partition-rules';

/** How the partitions of a broker follow a change of its standing. */
export interface BrokerChangeOptions {
  readonly defaults: ControllerDefaults;
  /** Whether the broker may have lost records it had: an unclean stop. */
  readonly isLossy?: boolean;
  readonly limits?: SweepStepLimits;
}

/** Records for the partitions of a broker, and the sweep that has those that did not fit. */
export interface BrokerChange {
  readonly records: readonly MetadataRecord[];
  readonly unfinished?: UnfinishedSweep;
}

/**
 * Records for the partitions of a broker whose standing changes, as `settlePartition` decides them; at most one batch of
 * them, those of partitions it leads first. The batch also carries the change of the broker itself, so that the rest can
 * be found again by whoever is the active controller then.
 */
export function brokerChange(image: MetadataImage, after: BrokerAfter, options: BrokerChangeOptions): BrokerChange {
  return continueBrokerChange(image, sweepBroker(image, after.id), after, options);
}

/** The next records of a sweep, with the broker as it is to be. */
export function continueBrokerChange(
  image: MetadataImage,
  sweep: PartitionSweep,
  after: BrokerAfter,
  { defaults, isLossy = false, limits }: BrokerChangeOptions,
): BrokerChange {
  const brokerOf = (id: number): BrokerAfter | undefined => (id === after.id ? after : image.broker(id));
  const records = sweep.step(image, {
    rulesOf: partitionRules(image, defaults, brokerOf),
    ...(isLossy ? { lossyBroker: after.id } : {}),
    ...(limits === undefined ? {} : { limits }),
  });
  return { records, ...(sweep.isDone ? {} : { unfinished: { sweep, brokerId: after.id } }) };
}
