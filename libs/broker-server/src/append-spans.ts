import type { Tracer } from '@milena/platform';
import type { AppendEntry, AppendOutcome, AppendRequest } from './append-request';

/** Topics that a span names. */
const TOPICS_MAX = 10;

/** Appends under the span `append` of the request's trace; without a trace it only appends. */
export function spanOfAppend<Appended extends { readonly outcomes: readonly AppendOutcome[] }>(
  tracer: Tracer,
  { trace, entries }: AppendRequest,
  append: () => Appended,
): Appended {
  if (trace === undefined) return append();
  const span = tracer.startSpan('append', { parent: trace, attributes: attributesOf(entries) });
  const appended = append();
  span.end(firstError(appended.outcomes));
  return appended;
}

/** Begins the span of a request's wait, `wait for replication` or `wait for sync`; its answer ends it. */
export function spanOfWait(
  tracer: Tracer,
  { trace, acks }: AppendRequest,
  respond: (outcomes: readonly AppendOutcome[]) => void,
): (outcomes: readonly AppendOutcome[]) => void {
  if (trace === undefined) return respond;
  const span = tracer.startSpan(acks === -1 ? 'wait for replication' : 'wait for sync', { parent: trace });
  return (outcomes) => {
    span.end(firstError(outcomes));
    respond(outcomes);
  };
}

function attributesOf(entries: readonly AppendEntry[]): Record<string, string | number> {
  const topics = new Set(entries.map(({ topicPartition }) => topicPartition.topic));
  return {
    'messaging.destination.name': [...topics].slice(0, TOPICS_MAX).join(','),
    'milena.partitions': entries.length,
    'milena.bytes': entries.reduce((sum, { batches }) => sum + batches.length, 0),
  };
}

function firstError(outcomes: readonly AppendOutcome[]): string | undefined {
  return outcomes.find(({ error }) => error !== 'NONE')?.error;
}
