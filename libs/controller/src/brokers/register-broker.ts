import type {
  BrokerListener,
  BrokerRegistration,
  MetadataImage,
  MetadataRecord,
  RegisterBrokerRecord,
  SupportedFeature,
} from '@milena/metadata';
import { endpointText, failure, NO_OFFSET, ZERO_UUID, type Failure, type Result, type Uuid } from '@milena/model';
import type { ControllerDefaults } from '../controller-defaults';
import { decide, type Decision } from '../decision';
import { brokerChange, continueBrokerChange } from '../partitions/broker-change';
import type { PartitionSweep, SweepStepLimits } from '../partitions/partition-sweep';

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
  /** Broker epoch this very process was registered with before; absent at its first registration. */
  readonly brokerEpoch?: number;
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
  /** Whether the id went from this incarnation to another one, as far as is known: its request is late, or it has a double. */
  wasReplaced(brokerId: number, incarnationId: Uuid): boolean;
  /** What is left of the former life's partitions, as the step before this one said; absent in the first step. */
  readonly vacating?: PartitionSweep;
  readonly limits?: SweepStepLimits;
}

/** How far a registration has come. */
export type RegistrationStep =
  | ({ readonly kind: 'registered' } & RegisterBrokerResponse)
  /** The former life is leaving more partitions than one batch holds: decide again with what is left of them. */
  | { readonly kind: 'vacating'; readonly vacating: PartitionSweep };

/**
 * Registers a broker: its record's offset becomes the broker epoch, and it starts fenced. A new registration ends the
 * former life of the same id: that one's leaderships are moved and it leaves every ISR that has other members. Replicas
 * whose directory is not among the new ones have lost their records and count for nothing until they have caught up. So
 * do, with ELR, all its replicas unless the former life ended in an orderly stop (`previousBrokerEpoch`, KIP-966).
 *
 * All of that stands in the log not later than the registration: nobody who finds the broker registered could tell any
 * more that it may have lost records. When it is more than one batch holds, the former life is fenced and vacated in
 * steps first.
 *
 * An id is taken over at once when its holder is not alive, is leaving, or has a log directory in common: the newer of two
 * processes with one directory is right, because directories are locked. A process that was taken over and comes back
 * while the newer one lives, be it leaving, hears DUPLICATE_BROKER_REGISTRATION, as does everybody else; so does a late request of one that
 * is long gone.
 */
export function registerBroker(
  image: MetadataImage,
  request: RegisterBrokerRequest,
  context: RegisterBrokerContext,
): Decision<Result<RegistrationStep>> {
  const { brokerId, logDirectories } = request;
  const refusal = refusalOf(image, request, context);
  if (refusal !== undefined) return decide([], { ok: false, error: refusal });
  const existing = image.broker(brokerId);
  if (existing?.incarnationId === request.incarnationId) {
    return decide([], { ok: true, value: { kind: 'registered', brokerEpoch: existing.epoch } });
  }
  const after = { id: brokerId, fenced: true, inControlledShutdown: false, directoryIds: logDirectories };
  const { defaults, vacating, limits } = context;
  const isLossy = existing?.epoch !== request.previousBrokerEpoch;
  const options = { defaults, isLossy, ...(limits === undefined ? {} : { limits }) };
  const { records, unfinished } =
    vacating === undefined
      ? brokerChange(image, after, options)
      : continueBrokerChange(image, vacating, after, options);
  if (unfinished !== undefined) {
    const fencing = existing === undefined || existing.fenced ? [] : [fencingOf(existing)];
    return decide([...fencing, ...records], { ok: true, value: { kind: 'vacating', vacating: unfinished.sweep } });
  }
  return {
    records: [registrationOf(request), ...records],
    respond: (appended) => ({
      ok: true,
      value: { kind: 'registered', brokerEpoch: appended?.baseOffset ?? NO_OFFSET },
    }),
  };
}

function fencingOf({ id, epoch }: BrokerRegistration): MetadataRecord {
  return { type: 'BrokerRegistrationChangeRecord', brokerId: id, brokerEpoch: epoch, fenced: true };
}

function registrationOf(request: RegisterBrokerRequest): RegisterBrokerRecord {
  return {
    type: 'RegisterBrokerRecord',
    brokerId: request.brokerId,
    incarnationId: request.incarnationId,
    listeners: request.listeners,
    features: request.features,
    ...(request.rack === undefined ? {} : { rack: request.rack }),
    fenced: true,
    inControlledShutdown: false,
    logDirectories: request.logDirectories,
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
  if (holder === undefined || holder.incarnationId === request.incarnationId) return undefined;
  if (!context.isAlive(holder)) return undefined;
  const wasTakenOver =
    (request.brokerEpoch !== undefined && request.brokerEpoch < holder.epoch) ||
    context.wasReplaced(request.brokerId, request.incarnationId);
  // While the newer process stops it holds the directory still, and its copy is the better one.
  if (!wasTakenOver && (holder.inControlledShutdown || shares(holder))) return undefined;
  return refuse(
    'DUPLICATE_BROKER_REGISTRATION',
    shares(holder)
      ? `broker ${request.brokerId} was taken over by a newer process with the same log directory at ${addressOf(holder)}`
      : `broker id ${request.brokerId} is held by a live broker at ${addressOf(holder)} with other log directories`,
  );
}

function addressOf({ listeners }: BrokerRegistration): string {
  return listeners.map(endpointText).join(', ') || 'an unknown address';
}

function refuse(code: Failure['code'], message: string): Failure {
  return failure(code, message).error;
}
