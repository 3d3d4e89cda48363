import type { BatchView } from '@milena/record-batch';
import { decodeRecords } from '@milena/record-batch';
import type { CommittedBatch } from './metadata-log';

/** Key of the record header that names the span a batch comes from. */
export const TRACEPARENT_HEADER = 'traceparent';

/** A data batch of the metadata log as its listeners get it. Throws MalformedInput when it is not one. */
export function committedBatch({ header, bytes }: BatchView): CommittedBatch {
  const records = decodeRecords(bytes);
  const trace = records[0]?.headers.find(({ key }) => key === TRACEPARENT_HEADER)?.value?.toString('latin1');
  return {
    baseOffset: header.baseOffset,
    lastOffset: header.lastOffset,
    epoch: header.partitionLeaderEpoch,
    timestamp: header.maxTimestamp,
    records: records.map(({ value }) => value ?? Buffer.alloc(0)),
    ...(trace === undefined ? {} : { traceparent: trace }),
  };
}
