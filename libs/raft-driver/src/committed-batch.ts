import type { BatchView } from '@milena/record-batch';
import { decodeControlRecord, decodeRecords } from '@milena/record-batch';
import type { CommittedBatch, CommittedLeaderChange } from './metadata-log';
import { traceOf } from './trace-header';

/** A data batch of the metadata log as its listeners get it. Throws MalformedInput when it is not one. */
export function committedBatch({ header, bytes }: BatchView): CommittedBatch {
  const records = decodeRecords(bytes);
  return {
    baseOffset: header.baseOffset,
    lastOffset: header.lastOffset,
    epoch: header.partitionLeaderEpoch,
    timestamp: header.maxTimestamp,
    records: records.map(({ value }) => value ?? Buffer.alloc(0)),
    ...traceOf(records[0]?.headers ?? []),
  };
}

/** What a control batch says of leadership; undefined when it says nothing. Throws MalformedInput when it is damaged. */
export function committedLeaderChange({ header, bytes }: BatchView): CommittedLeaderChange | undefined {
  const change = decodeRecords(bytes)
    .map(decodeControlRecord)
    .find(({ type }) => type === 'leader-change');
  if (change?.type !== 'leader-change') return undefined;
  return {
    leaderId: change.leaderId,
    epoch: header.partitionLeaderEpoch,
    offset: header.lastOffset,
    timestamp: header.maxTimestamp,
  };
}
