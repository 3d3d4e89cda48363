import { MalformedInput } from '@milena/bytes';
import {
  type Endpoint,
  errorCode,
  errorName,
  isSafeLong,
  METADATA_PARTITION,
  NO_NODE,
  type Offset,
  type TimestampMs,
  timestampMs,
  type TopicPartition,
} from '@milena/model';
import type {
  KraftVersionRange,
  NodeEndpoint,
  ReplicaKey as WireReplicaKey,
  TopicPartition as WireTopicPartition,
} from '@milena/proto';
import {
  type KraftVersions,
  type ReplicaKey,
  replicaKey,
  type ResponseFacts,
  type VoterChangeOutcome,
} from '@milena/raft';
import { hostFromWire, naturalFromWire, offsetFromWire, uuidFromWire } from '../wire-values';

/** The log that every request of the quorum names. */
export const METADATA_LOG: TopicPartition = METADATA_PARTITION;

/** Throws MalformedInput unless the request is meant for the metadata log. */
export function checkMetadataLog(topicPartition: WireTopicPartition | undefined): void {
  if (topicPartition?.topic !== METADATA_LOG.topic || topicPartition.partition !== METADATA_LOG.partition) {
    throw new MalformedInput(`not the metadata log: ${topicPartition?.topic}-${topicPartition?.partition}`);
  }
}

/** A replica key on the wire; an unknown directory is the empty text. */
export function replicaKeyToWire(key: ReplicaKey): { id: number; directoryId: string } {
  return { id: key.id, directoryId: key.directoryId ?? '' };
}

/** Reads a replica key that must be there. */
export function replicaKeyFromWire(key: WireReplicaKey | undefined): ReplicaKey {
  if (key === undefined) throw new MalformedInput('a replica key is missing');
  const directoryId = key.directoryId === '' ? undefined : uuidFromWire(key.directoryId);
  return replicaKey(naturalFromWire(key.id, 'node id'), directoryId);
}

/** An offset that may be absent, -1 on the wire. */
export function optionalOffsetToWire(value: Offset | undefined): bigint {
  return value === undefined ? -1n : BigInt(value);
}

/** Reads an offset that may be absent, as a field to spread: exactOptionalPropertyTypes knows no present undefined. */
export function highWatermarkFromWire(value: bigint): { readonly highWatermark?: Offset } {
  return value === -1n ? {} : { highWatermark: offsetFromWire(value) };
}

/** A point in time, -1 for never. */
export function timestampFromWire(value: bigint): TimestampMs {
  if (value < -1n || !isSafeLong(value)) throw new MalformedInput(`timestamp ${value}`);
  return timestampMs(Number(value));
}

/** Where a node listens, on the wire. */
export function endpointToWire(nodeId: number, endpoint: Endpoint): { nodeId: number; host: string; port: number } {
  return { nodeId, host: endpoint.host, port: endpoint.port };
}

/** Reads where a node listens. */
export function endpointFromWire({ host, port }: NodeEndpoint): Endpoint {
  if (port < 1 || port > 65535) throw new MalformedInput(`port ${port}`);
  return { host: hostFromWire(host), port };
}

/** Reads where a node listens, which must be told. */
export function endpointThatMustBeThere(endpoint: NodeEndpoint | undefined): Endpoint {
  if (endpoint === undefined) throw new MalformedInput('an endpoint is missing');
  return endpointFromWire(endpoint);
}

/** Reads a cluster id that may be left out, as a field to spread. */
export function clusterIdFromWire(clusterId: string): { readonly clusterId?: string } {
  return clusterId === '' ? {} : { clusterId };
}

/** Reads the levels of kraft.version that a replica supports. */
export function kraftVersionsFromWire(range: KraftVersionRange | undefined): KraftVersions {
  const { min, max } = range ?? { min: 0, max: 0 };
  if (min < 0 || max < min) throw new MalformedInput(`kraft.version from ${min} to ${max}`);
  return { min, max };
}

/** Fields that every response begins with. */
export function factsToWire(facts: ResponseFacts): {
  errorCode: number;
  epoch: number;
  leaderId: number;
  leaderEndpoint?: { nodeId: number; host: string; port: number };
} {
  const { leaderEndpoint, leaderId } = facts;
  return {
    errorCode: errorCode(facts.error),
    epoch: facts.epoch,
    leaderId,
    ...(leaderEndpoint === undefined ? {} : { leaderEndpoint: endpointToWire(leaderId, leaderEndpoint) }),
  };
}

/** Reads the fields that every response begins with. */
export function factsFromWire(message: {
  readonly errorCode: number;
  readonly epoch: number;
  readonly leaderId: number;
  readonly leaderEndpoint?: NodeEndpoint | undefined;
}): ResponseFacts {
  if (message.leaderId < NO_NODE) throw new MalformedInput(`leader id ${message.leaderId}`);
  return {
    error: errorName(message.errorCode),
    epoch: naturalFromWire(message.epoch, 'epoch'),
    leaderId: message.leaderId,
    ...(message.leaderEndpoint === undefined ? {} : { leaderEndpoint: endpointFromWire(message.leaderEndpoint) }),
  };
}

/** Fields of the response to a voter change. */
export function outcomeToWire(outcome: VoterChangeOutcome): ReturnType<typeof factsToWire> & { errorMessage: string } {
  return { ...factsToWire(outcome), errorMessage: outcome.message ?? '' };
}

/** Reads the fields of the response to a voter change. */
export function outcomeFromWire(
  message: Parameters<typeof factsFromWire>[0] & { readonly errorMessage: string },
): VoterChangeOutcome {
  const facts = factsFromWire(message);
  return message.errorMessage === '' ? facts : { ...facts, message: message.errorMessage };
}
