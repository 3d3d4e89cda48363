import type { BrokerRegistration, MetadataImage } from '@milena/metadata';
import type { Offset, Result, Uuid } from '@milena/model';
import type { ControllerDefaults } from '../controller-defaults';
import { decide, type Decision } from '../decision';
import { brokerChange, type BrokerChange } from '../partitions/broker-change';
import type { BrokerAfter } from '../partitions/partition-rules';
import { checkBrokerEpoch } from './check-broker-epoch';

/** BrokerHeartbeat (KIP-631). */
export interface BrokerHeartbeatRequest {
  readonly principal: string;
  readonly brokerId: number;
  readonly brokerEpoch: number;
  /** Offset of the last metadata record the broker has applied; -1 for none. */
  readonly currentMetadataOffset: number;
  /** The broker wants to be, or stay, fenced. */
  readonly wantFence: boolean;
  /** The broker wants to stop and asks to have its leaderships moved first. */
  readonly wantShutDown: boolean;
  /** Log directories that failed since the broker registered. */
  readonly offlineLogDirectories: readonly Uuid[];
}

/** Answer to a heartbeat. */
export interface BrokerHeartbeatResponse {
  /** The broker has applied the record of its registration. */
  readonly isCaughtUp: boolean;
  readonly isFenced: boolean;
  /** The broker leads nothing any more and may stop. */
  readonly shouldShutDown: boolean;
}

/** What a heartbeat depends on besides image and request. */
export interface BrokerHeartbeatContext {
  readonly defaults: ControllerDefaults;
  /** Metadata offset that every active broker has applied. */
  readonly lowestActiveMetadataOffset: number;
  /** Where this broker's controlled shutdown was written; undefined while that is not complete or not known. */
  readonly controlledShutdownOffset: Offset | undefined;
  /** A new life of the broker is taking over: this one must not be unfenced any more. */
  readonly isBeingReplaced: boolean;
}

/** Where a broker stands, as Kafka's controller names it. */
export type BrokerControlState = 'FENCED' | 'UNFENCED' | 'CONTROLLED_SHUTDOWN' | 'SHUTDOWN_NOW';

/**
 * Moves a broker along FENCED -> UNFENCED -> CONTROLLED_SHUTDOWN -> SHUTDOWN_NOW. It is unfenced once it wants to and has
 * applied its own registration. Wanting to shut down takes it out of every ISR and moves its leaderships; it may stop
 * when it leads nothing and every active broker has applied that move, so that no client is sent to a closed port. There is
 * no way back for a registration: a heartbeat that was sent before and arrives after must not make it a leader again.
 */
export function brokerHeartbeat(
  image: MetadataImage,
  request: BrokerHeartbeatRequest,
  context: BrokerHeartbeatContext,
): Decision<Result<BrokerHeartbeatResponse>> {
  const checked = checkBrokerEpoch(image, request);
  if (!checked.ok) return decide([], checked);
  const broker = checked.value;
  const isCaughtUp = request.currentMetadataOffset >= broker.epoch;
  const next = nextControlState(image, broker, request, context);
  const lostDirectories = broker.directoryIds.filter((id) => request.offlineLogDirectories.includes(id));
  const after: BrokerAfter = {
    id: broker.id,
    fenced: next === 'FENCED' || next === 'SHUTDOWN_NOW',
    inControlledShutdown: broker.inControlledShutdown || next === 'CONTROLLED_SHUTDOWN' || next === 'SHUTDOWN_NOW',
    directoryIds: broker.directoryIds.filter((id) => !lostDirectories.includes(id)),
  };
  const response = { isCaughtUp, isFenced: after.fenced, shouldShutDown: next === 'SHUTDOWN_NOW' };
  const { records, ...rest } = changeFor(image, broker, after, context);
  return { ...decide(records, { ok: true, value: response }), ...rest };
}

/** Where the broker stands now, as the image has it. */
function controlState(broker: BrokerRegistration): BrokerControlState {
  if (broker.fenced) return 'FENCED';
  return broker.inControlledShutdown ? 'CONTROLLED_SHUTDOWN' : 'UNFENCED';
}

function nextControlState(
  image: MetadataImage,
  broker: BrokerRegistration,
  request: BrokerHeartbeatRequest,
  context: BrokerHeartbeatContext,
): BrokerControlState {
  const current = controlState(broker);
  switch (current) {
    case 'FENCED':
      if (request.wantShutDown) return 'SHUTDOWN_NOW';
      if (request.wantFence || context.isBeingReplaced || broker.inControlledShutdown) return 'FENCED';
      return request.currentMetadataOffset >= broker.epoch ? 'UNFENCED' : 'FENCED';
    case 'UNFENCED':
      if (request.wantFence) return request.wantShutDown ? 'SHUTDOWN_NOW' : 'FENCED';
      if (!request.wantShutDown) return 'UNFENCED';
      return leadsAnything(image, broker.id) ? 'CONTROLLED_SHUTDOWN' : 'SHUTDOWN_NOW';
    default:
      return mayStop(image, broker, context) ? 'SHUTDOWN_NOW' : 'CONTROLLED_SHUTDOWN';
  }
}

function mayStop(
  image: MetadataImage,
  broker: BrokerRegistration,
  { controlledShutdownOffset, lowestActiveMetadataOffset }: BrokerHeartbeatContext,
): boolean {
  if (controlledShutdownOffset === undefined || lowestActiveMetadataOffset < controlledShutdownOffset) return false;
  return !leadsAnything(image, broker.id);
}

function leadsAnything(image: MetadataImage, brokerId: number): boolean {
  return image.hostedPartitions(brokerId, 'leader')[Symbol.iterator]().next().done !== true;
}

function changeFor(
  image: MetadataImage,
  broker: BrokerRegistration,
  after: BrokerAfter,
  { defaults }: BrokerHeartbeatContext,
): BrokerChange {
  const change = {
    ...(after.fenced === broker.fenced ? {} : { fenced: after.fenced }),
    ...(after.inControlledShutdown && !broker.inControlledShutdown ? { inControlledShutdown: true as const } : {}),
    ...(after.directoryIds.length === broker.directoryIds.length ? {} : { logDirectories: after.directoryIds }),
  };
  if (Object.keys(change).length === 0) return { records: [] };
  const { records, ...rest } = brokerChange(image, after, { defaults });
  const { id: brokerId, epoch: brokerEpoch } = broker;
  return {
    records: [{ type: 'BrokerRegistrationChangeRecord', brokerId, brokerEpoch, ...change }, ...records],
    ...rest,
  };
}
