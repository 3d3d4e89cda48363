import type { Platform, Span } from '@milena/platform';
import type { CommittedBatch } from './metadata-log';

/** A batch older than this is history that is read again, as at every start; its trace was finished long ago. */
const TRACED_AGE_MAX_MS = 60_000;

/** Begins the span `metadata apply` in the trace of the request that caused a batch; undefined when nothing did, or long ago. */
export function applySpan(
  { clock, tracer }: Pick<Platform, 'clock' | 'tracer'>,
  { traceparent, timestamp, baseOffset, records }: CommittedBatch,
): Span | undefined {
  if (traceparent === undefined || !tracer.isOn || clock.wallMs() - timestamp > TRACED_AGE_MAX_MS) return undefined;
  const attributes = { 'milena.metadata.offset': baseOffset, 'milena.metadata.records': records.length };
  return tracer.startSpan('metadata apply', { parent: { traceparent }, attributes });
}
