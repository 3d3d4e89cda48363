import type { ErrorName } from '@milena/model';

/** What callers are told when this node does not lead: names that make them look for the node that does. */
export interface LeadershipFailures {
  /** Nothing was appended: the request may be sent to another node. */
  readonly notLeading: ErrorName;
  /** Leadership was lost after the append: the next leader may have kept the records, so this must not sound like a refusal. */
  readonly outcomeUnknown: ErrorName;
}
