import { MalformedInput } from '@milena/bytes';
import { decodeCoordinatorRecord, type CoordinatorRecord, type KeyedBytes } from '@milena/coordinator';
import type { Logger } from '@milena/platform';

/** Reads records; one that makes no sense is logged and left out, because everybody else's groups must go on. */
export function decodeGroups(records: readonly KeyedBytes[], logger: Logger): readonly CoordinatorRecord[] {
  return records.flatMap((record) => {
    try {
      return [decodeCoordinatorRecord(record)];
    } catch (error) {
      if (!(error instanceof MalformedInput)) throw error;
      logger.error('record of a group cannot be read', { key: record.key.toString('hex'), error });
      return [];
    }
  });
}
