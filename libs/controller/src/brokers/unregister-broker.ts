import type { MetadataImage } from '@milena/metadata';
import { failure, NO_OFFSET, success, type Offset, type Result } from '@milena/model';
import type { ControllerDefaults } from '../controller-defaults';
import { decide, type Decision } from '../decision';
import { brokerChange } from '../partitions/broker-change';

/** UnregisterBroker (KIP-631). */
export interface UnregisterBrokerRequest {
  readonly principal: string;
  readonly brokerId: number;
  /** How long the caller waits. */
  readonly timeoutMs: number;
}

/** Answer to UnregisterBroker. */
export interface UnregisterBrokerResponse {
  readonly result: Result<null>;
  /** Offset of the last record written for it, NO_OFFSET when there was none. */
  readonly metadataOffset: Offset;
}

/**
 * Forgets a broker that is gone for good: its leaderships move as if it were fenced. Its replicas stay assigned, because
 * only a reassignment can say where they are to be instead. A broker that is alive after all registers again.
 */
export function unregisterBroker(
  image: MetadataImage,
  { brokerId }: UnregisterBrokerRequest,
  { defaults }: { readonly defaults: ControllerDefaults },
): Decision<UnregisterBrokerResponse> {
  const broker = image.broker(brokerId);
  if (broker === undefined) {
    const result = failure('BROKER_ID_NOT_REGISTERED', `broker ${brokerId} is not registered`);
    return decide([], { result, metadataOffset: NO_OFFSET });
  }
  const { records, unfinished } = brokerChange(image, { ...broker, fenced: true }, { defaults });
  return {
    records: [...records, { type: 'UnregisterBrokerRecord', brokerId, brokerEpoch: broker.epoch }],
    respond: (appended) => ({ result: success(null), metadataOffset: appended?.lastOffset ?? NO_OFFSET }),
    // What is left is settled without the broker's id: from then on the image itself says that it is gone.
    ...(unfinished === undefined ? {} : { unfinished: { sweep: unfinished.sweep } }),
  };
}
