import type { MetadataImage, MetadataRecord } from '@milena/metadata';
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

/** What it depends on besides image and request. */
export interface UnregisterBrokerContext {
  readonly defaults: ControllerDefaults;
  /** Voters of the metadata quorum. */
  readonly voterIds: readonly number[];
}

/**
 * Forgets a node that is gone for good, broker or controller: its leaderships move as if it were fenced. Its replicas stay
 * assigned, because only a reassignment can say where they are to be instead. A broker that is alive after all registers
 * again; a controller does when it is started again. A voter is never forgotten: what it supports would not be asked for
 * any more, and it still votes (KAFKA-20865).
 */
export function unregisterBroker(
  image: MetadataImage,
  { brokerId }: UnregisterBrokerRequest,
  { defaults, voterIds }: UnregisterBrokerContext,
): Decision<UnregisterBrokerResponse> {
  const refuse = (result: Result<null>) => decide([], { result, metadataOffset: NO_OFFSET });
  const broker = image.broker(brokerId);
  const controllerRecords: MetadataRecord[] = image.controllers().some(({ id }) => id === brokerId)
    ? [{ type: 'UnregisterControllerRecord', controllerId: brokerId }]
    : [];
  if (broker === undefined && controllerRecords.length === 0) {
    return refuse(failure('BROKER_ID_NOT_REGISTERED', `broker ${brokerId} is not registered`));
  }
  if (voterIds.includes(brokerId)) {
    return refuse(
      failure('INVALID_REQUEST', `node ${brokerId} is a voter of the metadata quorum; remove the voter first`),
    );
  }
  const respond: Decision<UnregisterBrokerResponse>['respond'] = (appended) => {
    return { result: success(null), metadataOffset: appended?.lastOffset ?? NO_OFFSET };
  };
  if (broker === undefined) return { records: controllerRecords, respond };
  const { records, unfinished } = brokerChange(image, { ...broker, fenced: true }, { defaults });
  const brokerRecord: MetadataRecord = { type: 'UnregisterBrokerRecord', brokerId, brokerEpoch: broker.epoch };
  return {
    records: [...records, brokerRecord, ...controllerRecords],
    respond,
    // What is left is settled without the broker's id: from then on the image itself says that it is gone.
    ...(unfinished === undefined ? {} : { unfinished: { sweep: unfinished.sweep } }),
  };
}
