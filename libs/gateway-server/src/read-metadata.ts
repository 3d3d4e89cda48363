import { readIndexRpc } from '@milena/cluster-protocol';
import { errorInfo, failure, type Failure, type Result } from '@milena/model';
import type { Clock } from '@milena/platform';
import { ReadConsistency } from '@milena/proto';
import type { QuorumLeaderChannel } from '@milena/raft-driver';
import type { AdminCall } from './admin-method';
import type { AppliedMetadata } from './gateway-context';
import { invalidField } from './invalid-field';

/** How long a read may take altogether: finding a leader that is sure to lead, and the wait for the own image. */
const TIMEOUT_MS = 5_000;
/** How long one leader may take to make sure; then another one is asked, for there may be one. */
const LEADER_TIMEOUT_MS = 1_000;

/** The field of a read's request that says how fresh its answer must be. */
export interface ReadFields {
  readonly readConsistency: ReadConsistency;
}

/** What reads are made with. */
export interface ReadMetadataOptions {
  readonly clock: Clock;
  readonly quorum: QuorumLeaderChannel;
  /** What this gateway has applied. */
  readonly applied: () => Result<AppliedMetadata>;
  /** Resolves to whether the own image tells everything before `end` within the time. */
  readonly waitForEnd: (end: number, timeoutMs: number) => Promise<boolean>;
}

/**
 * The metadata for a read. Linearizable unless said: the leader of the metadata log tells how far it was committed when the
 * read came (read index, Raft dissertation 6.4), and the own image is waited for. LEADER_NOT_AVAILABLE when no controller can
 * tell in time, BROKER_NOT_AVAILABLE when the own image does not get there. Stale reads ask nobody.
 */
export async function readMetadata(
  { clock, quorum, applied, waitForEnd }: ReadMetadataOptions,
  { readConsistency: consistency }: ReadFields,
  { trace }: AdminCall,
): Promise<Result<AppliedMetadata>> {
  const own = applied();
  if (!own.ok || consistency === ReadConsistency.STALE) return own;
  if (!isLinearizable(consistency)) return invalidField('read_consistency', 'must be LINEARIZABLE or STALE');
  const deadline = clock.monotonicMs() + TIMEOUT_MS;
  const answer = await quorum.ask(
    readIndexRpc,
    { type: 'readIndex', clusterId: own.value.clusterId, timeoutMs: LEADER_TIMEOUT_MS },
    { kind: 'read', timeoutMs: TIMEOUT_MS, ...(trace === undefined ? {} : { trace }) },
  );
  if (!answer.ok) return withAdvice(answer.error);
  const { error, readIndex } = answer.value;
  if (error !== 'NONE' || readIndex === undefined) return withAdvice(failure(error, errorInfo(error).text).error);
  if (await waitForEnd(readIndex, Math.max(0, deadline - clock.monotonicMs()))) return applied();
  return withAdvice(failure('BROKER_NOT_AVAILABLE', `this gateway has not applied offset ${readIndex - 1} yet`).error);
}

function isLinearizable(consistency: ReadConsistency): boolean {
  return consistency === ReadConsistency.UNSPECIFIED || consistency === ReadConsistency.LINEARIZABLE;
}

function withAdvice(problem: Failure): { ok: false; error: Failure } {
  const message = `${problem.message}; reads with read_consistency STALE are answered without the controllers`;
  return { ok: false, error: { ...problem, message } };
}
