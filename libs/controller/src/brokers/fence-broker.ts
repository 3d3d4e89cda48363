import type { BrokerRegistration, MetadataImage, MetadataRecord } from '@milena/metadata';
import type { ControllerDefaults } from '../controller-defaults';
import { decide, type Decision } from '../decision';
import { brokerChange } from '../partitions/broker-change';
import type { SweepStepLimits } from '../partitions/partition-sweep';

/**
 * Fences a broker that no longer gives signs of life and moves its leaderships; nothing when it is fenced, or has
 * registered anew meanwhile. The answer says whether it did. A broker of many partitions is fenced by the first batch;
 * the rest is left unfinished.
 */
export function fenceBroker(
  image: MetadataImage,
  { id, epoch }: Pick<BrokerRegistration, 'id' | 'epoch'>,
  defaults: ControllerDefaults,
  limits?: SweepStepLimits,
): Decision<{ readonly fenced: boolean }> {
  const broker = image.broker(id);
  if (broker === undefined || broker.epoch !== epoch || broker.fenced) return decide([], { fenced: false });
  const fencing: MetadataRecord = {
    type: 'BrokerRegistrationChangeRecord',
    brokerId: id,
    brokerEpoch: epoch,
    fenced: true,
  };
  const options = limits === undefined ? { defaults } : { defaults, limits };
  const { records, ...rest } = brokerChange(image, { ...broker, fenced: true }, options);
  return { ...decide([fencing, ...records], { fenced: true }), ...rest };
}
