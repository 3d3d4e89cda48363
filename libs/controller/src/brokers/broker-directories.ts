import type { BrokerRegistration } from '@milena/metadata';
import { ZERO_UUID, type Uuid } from '@milena/model';

/** Whether a replica placed in `directory` still exists on the broker: it has the directory, or the choice is the broker's. */
export function hasDirectory(broker: Pick<BrokerRegistration, 'directoryIds'> | undefined, directory: Uuid): boolean {
  return broker !== undefined && (directory === ZERO_UUID || broker.directoryIds.includes(directory));
}

/** Where a new replica on the broker goes: its only directory, or ZERO_UUID for the broker to choose (KIP-858). */
export function defaultDirectory(broker: Pick<BrokerRegistration, 'directoryIds'> | undefined): Uuid {
  const [only, ...others] = broker?.directoryIds ?? [];
  return only !== undefined && others.length === 0 ? only : ZERO_UUID;
}
