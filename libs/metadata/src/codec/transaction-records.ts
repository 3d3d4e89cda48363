import { AbortTransactionRecordSchema, BeginTransactionRecordSchema, EndTransactionRecordSchema } from '@milena/proto';
import type { AbortTransactionRecord, BeginTransactionRecord, EndTransactionRecord } from '../metadata-record';
import { recordMessage, type RecordMessage } from './record-message';

/** BeginTransactionRecord as a message. */
export const beginTransactionMessage: RecordMessage<BeginTransactionRecord> = recordMessage(
  BeginTransactionRecordSchema,
  ({ name }: BeginTransactionRecord) => ({ name }),
  ({ name }) => ({ type: 'BeginTransactionRecord', name }),
);

/** EndTransactionRecord as a message. */
export const endTransactionMessage: RecordMessage<EndTransactionRecord> = recordMessage(
  EndTransactionRecordSchema,
  () => ({}),
  () => ({ type: 'EndTransactionRecord' }),
);

/** AbortTransactionRecord as a message. */
export const abortTransactionMessage: RecordMessage<AbortTransactionRecord> = recordMessage(
  AbortTransactionRecordSchema,
  ({ reason }: AbortTransactionRecord) => ({ reason }),
  ({ reason }) => ({ type: 'AbortTransactionRecord', reason }),
);
