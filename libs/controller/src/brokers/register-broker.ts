import type {
  BrokerListener,
  BrokerRegistration,
  MetadataImage,
  RegisterBrokerRecord,
  SupportedFeature,
} from '@milena/metadata';
import { endpointText, failure, NO_OFFSET, ZERO_UUID, type Failure, type Result, type Uuid } from '@milena/model';
import type { ControllerDefaults } from '../controller-defaults';
import { decide, type Decision } from '../decision';
import { brokerChangeRecords } from '../partitions/broker-change';

/** BrokerRegistration (KIP-631). */
export interface RegisterBrokerRequest {
  readonly principal: string;
  readonly clusterId: string;
  readonly brokerId: number;
  /** Drawn anew by each start of the broker's process. */
  readonly incarnationId: Uuid;
  readonly listeners: readonly BrokerListener[];
  readonly features: readonly SupportedFeature[];
  readonly rack?: string;
  readonly logDirectories: readonly Uuid[];
  /** Broker epoch of the life that ended with a clean shutdown; -1 when there was none. */
  readonly previousBrokerEpoch: number;
}

/** Answer to a registration. */
export interface RegisterBrokerResponse {
  /** Broker epoch: offset of the registration's record. */
  readonly brokerEpoch: number;
}

/** What a registration depends on besides image and request. */
export interface RegisterBrokerContext {
  readonly clusterId: string;
  readonly defaults: ControllerDefaults;
  /** Whether a registration has given a sign of life within the session timeout. */
  isAlive(broker: BrokerRegistration): boolean;
}

/**
 * Registers a broker: its record's offset becomes the broker epoch, and it starts fenced. A new registration ends the
 * former life of the same id: that one's leaderships are moved and it leaves every ISR that has other members. Replicas
 * whose directory is not among the new ones have lost their records and count for nothing until they have caught up.
 *
 * An id is taken over at once when its holder is not alive, is leaving, or has a log directory in common: a directory is
 * locked by the process that uses it, so the former process is gone. Anything else is DUPLICATE_BROKER_REGISTRATION.
 */
export function registerBroker(
  image: MetadataImage,
  request: RegisterBrokerRequest,
  context: RegisterBrokerContext,
): Decision<Result<RegisterBrokerResponse>> {
  const { brokerId } = request;
  const refusal = refusalOf(image, request, context);
  if (refusal !== undefined) return decide([], { ok: false, error: refusal });
  const existing = image.broker(brokerId);
  if (existing?.incarnationId === request.incarnationId) {
    return decide([], { ok: true, value: { brokerEpoch: existing.epoch } });
  }
  const record: RegisterBrokerRecord = {
    type: 'RegisterBrokerRecord',
    brokerId,
    incarnationId: request.incarnationId,
    listeners: request.listeners,
    features: request.features,
    ...(request.rack === undefined ? {} : { rack: request.rack }),
    fenced: true,
    inControlledShutdown: false,
    logDirectories: request.logDirectories,
  };
  const after = { id: brokerId, fenced: true, inControlledShutdown: false, directoryIds: request.logDirectories };
  return {
    records: [record, ...brokerChangeRecords(image, after, context.defaults)],
    respond: (appended) => ({ ok: true, value: { brokerEpoch: appended?.baseOffset ?? NO_OFFSET } }),
  };
}

function refusalOf(
  image: MetadataImage,
  request: RegisterBrokerRequest,
  context: RegisterBrokerContext,
): Failure | undefined {
  if (request.clusterId !== context.clusterId) {
    return refuse(
      'INCONSISTENT_CLUSTER_ID',
      `broker ${request.brokerId} belongs to cluster ${request.clusterId}, this is cluster ${context.clusterId}`,
    );
  }
  return malformedIn(request) ?? unsupportedIn(image, request) ?? heldBy(image, request, context);
}

function malformedIn({
  brokerId,
  incarnationId,
  listeners,
  logDirectories,
}: RegisterBrokerRequest): Failure | undefined {
  const invalid = (what: string) => refuse('INVALID_REGISTRATION', `broker ${brokerId}: ${what}`);
  if (brokerId < 0) return invalid('the id must not be negative');
  if (incarnationId === ZERO_UUID) return invalid('the incarnation id must be set');
  if (listeners.length === 0) return invalid('at least one listener must be given');
  if (new Set(listeners.map(({ name }) => name)).size < listeners.length) return invalid('a listener name repeats');
  if (logDirectories.length === 0) return invalid('at least one log directory must be given');
  if (logDirectories.includes(ZERO_UUID)) return invalid('a log directory has no id');
  if (new Set(logDirectories).size < logDirectories.length) return invalid('a log directory id repeats');
  return undefined;
}

function unsupportedIn(image: MetadataImage, { brokerId, features }: RegisterBrokerRequest): Failure | undefined {
  for (const [name, level] of image.features()) {
    const range = features.find((feature) => feature.name === name);
    if (range !== undefined && range.minLevel <= level && level <= range.maxLevel) continue;
    const supported = range === undefined ? 'not at all' : `from ${range.minLevel} to ${range.maxLevel}`;
    return refuse(
      'UNSUPPORTED_VERSION',
      `broker ${brokerId} supports ${name} ${supported}, the cluster is at level ${level}`,
    );
  }
  return undefined;
}

function heldBy(
  image: MetadataImage,
  request: RegisterBrokerRequest,
  context: RegisterBrokerContext,
): Failure | undefined {
  const shares = (broker: BrokerRegistration) => request.logDirectories.some((id) => broker.directoryIds.includes(id));
  const cloned = image.brokers().find((broker) => broker.id !== request.brokerId && shares(broker));
  if (cloned !== undefined) {
    return refuse(
      'INVALID_REGISTRATION',
      `broker ${request.brokerId} has a log directory that is registered by broker ${cloned.id} at ${addressOf(cloned)}`,
    );
  }
  const holder = image.broker(request.brokerId);
  if (holder === undefined || holder.incarnationId === request.incarnationId || shares(holder)) return undefined;
  if (holder.inControlledShutdown || !context.isAlive(holder)) return undefined;
  return refuse(
    'DUPLICATE_BROKER_REGISTRATION',
    `broker id ${request.brokerId} is held by a live broker at ${addressOf(holder)} with other log directories`,
  );
}

function addressOf({ listeners }: BrokerRegistration): string {
  return listeners.map(endpointText).join(', ') || 'an unknown address';
}

function refuse(code: Failure['code'], message: string): Failure {
  return failure(code, message).error;
}
