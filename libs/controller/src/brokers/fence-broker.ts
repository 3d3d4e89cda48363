import type { BrokerRegistration, MetadataImage, MetadataRecord } from '@milena/metadata';
import type { ControllerDefaults } from '../controller-defaults';
import { decide, type Decision } from '../decision';
import { brokerChangeRecords } from '../partitions/broker-change';

/** Records that fence a broker and move its leaderships. None when it is fenced, or has registered anew meanwhile. */
export function fenceBrokerRecords(
  image: MetadataImage,
  { id, epoch }: Pick<BrokerRegistration, 'id' | 'epoch'>,
  defaults: ControllerDefaults,
): readonly MetadataRecord[] {
  const broker = image.broker(id);
  if (broker === undefined || broker.epoch !== epoch || broker.fenced) return [];
  return [
    { type: 'BrokerRegistrationChangeRecord', brokerId: id, brokerEpoch: epoch, fenced: true },
    ...brokerChangeRecords(image, { ...broker, fenced: true }, defaults),
  ];
}

/** Fences a broker that no longer gives signs of life. The answer says whether it did. */
export function fenceBroker(
  image: MetadataImage,
  broker: Pick<BrokerRegistration, 'id' | 'epoch'>,
  defaults: ControllerDefaults,
): Decision<{ readonly fenced: boolean }> {
  const records = fenceBrokerRecords(image, broker, defaults);
  return decide(records, { fenced: records.length > 0 });
}
