import type { LogRecordHeader, RecordHeader } from '@milena/record-batch';

const KEY = 'traceparent';

/** The header of a record of the metadata log that names the span its batch comes from; `traceparent` as W3C Trace Context has it. */
export function traceHeader(traceparent: string): RecordHeader {
  return { key: KEY, value: Buffer.from(traceparent, 'latin1') };
}

/** What that header says, spread into whatever tells of the record; nothing where there is none. */
export function traceOf(headers: readonly LogRecordHeader[]): { readonly traceparent?: string } {
  const traceparent = headers.find(({ key }) => key === KEY)?.value?.toString('latin1');
  return traceparent === undefined ? {} : { traceparent };
}
