import type { addVoterRpc, removeVoterRpc, Rpc } from '@milena/cluster-protocol';
import { errorCode, type ErrorName } from '@milena/model';
import type { RequestContext } from './api-handler';

type VoterChangeResponse = ReturnType<(typeof addVoterRpc | typeof removeVoterRpc)['decodeResponse']>;

/** Longest time one request may keep its connection waiting for the quorum, milliseconds. */
const QUORUM_WAIT_MAX_MS = 60_000;

/** What AddRaftVoter and RemoveRaftVoter answer. */
export interface VoterChangeAnswer {
  readonly throttleTimeMs: 0;
  readonly errorCode: number;
  readonly errorMessage: string | null;
}

/** Has the leader of the metadata log change the voter set, and says what became of it in Kafka's terms. */
export async function changeVoters<Request, Response extends VoterChangeResponse>(
  { broker, trace }: Pick<RequestContext, 'broker' | 'trace'>,
  rpc: Rpc<Request, Response>,
  request: Request,
  timeoutMs: number,
): Promise<VoterChangeAnswer> {
  const answer = await broker.quorum.ask(rpc, request, {
    kind: 'change',
    timeoutMs: Math.min(timeoutMs, QUORUM_WAIT_MAX_MS),
    ...(trace === undefined ? {} : { trace }),
  });
  if (!answer.ok) return voterChangeRefused(answer.error.code, answer.error.message);
  const { error, message } = answer.value;
  return { throttleTimeMs: 0, errorCode: errorCode(error), errorMessage: message ?? null };
}

/** A refusal with its reason. */
export function voterChangeRefused(error: ErrorName, errorMessage: string): VoterChangeAnswer {
  return { throttleTimeMs: 0, errorCode: errorCode(error), errorMessage };
}
