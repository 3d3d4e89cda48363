import { MalformedInput } from '@milena/bytes';
import { addOffset, offset, type Offset } from '@milena/model';
import type { ControlRecord, RaftBatch, RaftBatches } from '../raft-batches';
import { VoterSet, type Voter } from '../voter-set';

/** A batch as one line of JSON, so that tests can read logs. */
export interface TextBatch {
  readonly baseOffset: number;
  readonly epoch: number;
  /** One entry per record: a value of the controller, or a control record. */
  readonly values: readonly string[];
  readonly control?: readonly TextControlRecord[];
  /** Set by tests that damage a batch. */
  readonly isDamaged?: boolean;
}

type TextControlRecord =
  Exclude<ControlRecord, { type: 'voters' }> | { readonly type: 'voters'; readonly voters: readonly Voter[] };

/** Bytes of one batch. */
export function encodeTextBatch(batch: TextBatch): Buffer {
  return Buffer.from(`${JSON.stringify(batch)}\n`);
}

/** The batches in some bytes. */
export function decodeTextBatches(bytes: Uint8Array): readonly TextBatch[] {
  const text = Buffer.from(bytes).toString();
  if (text !== '' && !text.endsWith('\n')) throw new MalformedInput('a torn batch');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as TextBatch);
}

/** Offset behind the batch. */
export function nextOffset(batch: TextBatch): Offset {
  return addOffset(offset(batch.baseOffset), batch.values.length);
}

/** The port over such lines. */
export const textBatches: RaftBatches = {
  read: (records) => decodeTextBatches(records).map(view),
  encodeControl: ({ baseOffset, epoch, records }) =>
    encodeTextBatch({
      baseOffset,
      epoch,
      values: records.map((record) => `<${record.type}>`),
      control: records.map((record) =>
        record.type === 'voters' ? { type: 'voters', voters: record.voters.voters } : record,
      ),
    }),
};

function view(batch: TextBatch): RaftBatch {
  const baseOffset = offset(batch.baseOffset);
  return {
    bytes: encodeTextBatch(batch),
    baseOffset,
    lastOffset: addOffset(baseOffset, batch.values.length - 1),
    epoch: batch.epoch,
    isIntact: () => batch.isDamaged !== true,
    controlRecords: () =>
      (batch.control ?? []).map((record, index) => ({
        offset: addOffset(baseOffset, index),
        record: record.type === 'voters' ? { type: 'voters', voters: VoterSet.of(record.voters) } : record,
      })),
  };
}
