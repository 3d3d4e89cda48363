import type { MetadataImage } from '@milena/metadata';
import { failure, success, type Result } from '@milena/model';
import type { PlacementBroker } from './replica-placement';

/** The brokers replicas may be placed on, or INVALID_REPLICATION_FACTOR when they cannot carry that many. */
export function placementBrokers(image: MetadataImage, replicationFactor: number): Result<readonly PlacementBroker[]> {
  const brokers = image.brokers().map(({ id, rack, fenced, inControlledShutdown }) => ({
    id,
    ...(rack === undefined ? {} : { rack }),
    usable: !fenced && !inControlledShutdown,
  }));
  if (replicationFactor > brokers.length) {
    return failure(
      'INVALID_REPLICATION_FACTOR',
      `the replication factor of ${replicationFactor} cannot be reached: ${brokers.length} broker(s) are registered`,
    );
  }
  if (!brokers.some(({ usable }) => usable)) {
    return failure('INVALID_REPLICATION_FACTOR', `all ${brokers.length} broker(s) are fenced or shutting down`);
  }
  return success(brokers);
}
