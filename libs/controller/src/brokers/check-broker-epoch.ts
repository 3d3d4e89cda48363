import type { BrokerRegistration, MetadataImage } from '@milena/metadata';
import { failure, success, type Offset, type Result } from '@milena/model';

/** The registration a request speaks for; a former life of the broker is refused (KIP-380). */
export function checkBrokerEpoch(
  image: MetadataImage,
  { brokerId, brokerEpoch }: { readonly brokerId: number; readonly brokerEpoch: number },
): Result<BrokerRegistration & { readonly epoch: Offset }> {
  const broker = image.broker(brokerId);
  if (broker === undefined) return failure('BROKER_ID_NOT_REGISTERED', `broker ${brokerId} is not registered`);
  if (broker.epoch === brokerEpoch) return success(broker);
  return failure(
    'STALE_BROKER_EPOCH',
    `broker ${brokerId} is registered with epoch ${broker.epoch}, the request carries ${brokerEpoch}`,
  );
}
