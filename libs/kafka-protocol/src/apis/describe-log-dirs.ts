import { defineApi } from '../api';
import { array, bool, int16, int32, int32List, int64, string } from '../field';

/**
 * DescribeLogDirs (35): a broker's log directories with the replicas in them (KIP-113); null topics stand for all.
 * v2 flexible; v3 an error of the whole request; v4 bytes of the volume (KIP-827).
 */
export const describeLogDirs = defineApi({
  key: 35,
  name: 'DescribeLogDirs',
  versions: { min: 1, max: 4 },
  flexibleSince: 2,
  request: {
    topics: array('0+', { topic: string('0+'), partitions: int32List('0+') }, { nullable: '0+' }),
  },
  response: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('3+'),
    results: array('0+', {
      errorCode: int16('0+'),
      logDir: string('0+'),
      topics: array('0+', {
        name: string('0+'),
        partitions: array('0+', {
          partitionIndex: int32('0+'),
          partitionSize: int64('0+'),
          offsetLag: int64('0+'),
          isFutureKey: bool('0+'),
        }),
      }),
      totalBytes: int64('4+', { default: -1 }),
      usableBytes: int64('4+', { default: -1 }),
    }),
  },
});
