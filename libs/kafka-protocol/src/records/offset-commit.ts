import { int32, int64, int64Clamped, string, uuid } from '../field';
import { defineRecordSchema } from './record-schema';

/** Key of a committed offset in `__consumer_offsets`; its version is the key's type, 0 and 1 mean the same. */
export const offsetCommitKey = defineRecordSchema(
  { group: string('0+'), topic: string('0+'), partition: int32('0+') },
  { min: 0, max: 1 },
);

/**
 * A committed offset in `__consumer_offsets`. v1 has a time of expiry of its own; v3 the leader epoch (KIP-320); v4 is
 * flexible and names the topic's id (KIP-848).
 */
export const offsetCommitValue = defineRecordSchema(
  {
    offset: int64('0+'),
    leaderEpoch: int32('3+', { default: -1 }),
    metadata: string('0+'),
    commitTimestamp: int64('0+'),
    expireTimestamp: int64Clamped('1', { default: -1 }),
    topicId: uuid('4+', { tag: 0 }),
  },
  { min: 0, max: 4, flexibleFrom: 4 },
);
