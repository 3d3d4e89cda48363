import type { Rpc } from '@milena/cluster-protocol';
import {
  endpointText,
  errorInfo,
  failure,
  success,
  type Endpoint,
  type ErrorName,
  type Failure,
  type Result,
} from '@milena/model';
import type { ChannelFailure, Connector, Platform, TraceContext, UnaryOutcome } from '@milena/platform';
import type { ResponseFacts } from '@milena/raft';
import { createChannelCache } from './channel-cache';
import type { MetadataLog } from './metadata-log';
import { decodeOrUndefined } from './unary-call';

/** How long one controller may take to say how things are, and how far to read: the next one may know better. */
const ATTEMPT_TIMEOUT_MS = { question: 2_000, read: 1_000 };
/** Hints to other leaders that are followed in one pass: the leader may change while we ask. */
const HINTS_MAX = 4;
/** Pause between two passes of a change or read that found no leader. */
const PAUSE_MS = { min: 20, max: 100 };

/** Errors of nodes that do not lead: another one is to be asked. */
const PASSED_ON: ReadonlySet<ErrorName> = new Set([
  'NOT_LEADER_OR_FOLLOWER',
  'LEADER_NOT_AVAILABLE',
  'BROKER_NOT_AVAILABLE',
]);

/**
 * What is asked of the leader. A `question` changes nothing: each controller is asked once, and who fails is passed over. So
 * is who fails at a `read`, which is repeated until somebody leads or the time is up; a leader that cannot make sure in time
 * that it still leads (REQUEST_TIMED_OUT) is passed over, too. A `change` is repeated while certainly nobody carried it out,
 * and never afterwards.
 */
export interface LeaderCall {
  readonly kind: 'question' | 'read' | 'change';
  /** Bounds the whole call, every attempt and pause included. */
  readonly timeoutMs: number;
  readonly trace?: TraceContext;
}

/**
 * Calls of the quorum's protocol to whichever node leads the metadata log, by those who are no voters: brokers for their
 * clients, gateways, the command line.
 */
export interface QuorumLeaderChannel {
  /**
   * The leader's answer, whatever error it carries. Failures: LEADER_NOT_AVAILABLE when none was found in time,
   * REQUEST_TIMED_OUT when a change may have been carried out and nobody said so.
   */
  ask<Request, Response extends ResponseFacts>(
    rpc: Rpc<Request, Response>,
    request: Request,
    call: LeaderCall,
  ): Promise<Result<Response>>;
  /** Closes the connections; calls under way fail. */
  close(): void;
}

/** What the channel is built from. */
export interface QuorumLeaderChannelOptions {
  readonly platform: Pick<Platform, 'clock' | 'timers' | 'random'>;
  readonly connector: Connector;
  /** Says who leads, where the caller follows the log. */
  readonly metadataLog?: Pick<MetadataLog, 'leader'>;
  /** Controllers to ask while the log knows no leader. */
  readonly bootstrap: readonly Endpoint[];
}

/** Makes the channel; it connects at the first call. */
export function createQuorumLeaderChannel(options: QuorumLeaderChannelOptions): QuorumLeaderChannel {
  const { platform, connector, metadataLog, bootstrap } = options;
  const { clock, timers, random } = platform;
  const channels = createChannelCache({ connector, purpose: 'quorum' });
  let closed = false;

  /** One pass over everybody who may know. */
  async function pass<Request, Response extends ResponseFacts>(
    rpc: Rpc<Request, Response>,
    request: Uint8Array,
    call: LeaderCall & { readonly deadlineMs: number },
  ): Promise<Outcome<Response>> {
    const leader = metadataLog?.leader().endpoint;
    const toAsk = [...(leader === undefined ? [] : [leader]), ...bootstrap];
    const silent = new Set<string>();
    let hints = 0;
    let problem: Failure = failure('LEADER_NOT_AVAILABLE', 'no controller is known').error;
    for (let endpoint = toAsk.shift(); endpoint !== undefined; endpoint = toAsk.shift()) {
      const remainingMs = call.deadlineMs - clock.monotonicMs();
      if (remainingMs <= 0 || closed) break;
      if (silent.has(endpointText(endpoint))) continue;
      const timeoutMs = call.kind === 'change' ? remainingMs : Math.min(remainingMs, ATTEMPT_TIMEOUT_MS[call.kind]);
      const callOptions = { timeoutMs, ...(call.trace === undefined ? {} : { trace: call.trace }) };
      const { host, port } = endpoint;
      const answered = await channels.unary({ host, port }, rpc.method, request, callOptions);
      const outcome = judged(rpc, answered, { kind: call.kind, peer: `controller ${endpointText(endpoint)}` });
      if ('answer' in outcome) return outcome;
      problem = outcome.problem;
      if (!answered.ok && answered.error.reason === 'timeout') silent.add(endpointText(endpoint));
      if (outcome.hint !== undefined && hints++ < HINTS_MAX) toAsk.unshift(outcome.hint);
    }
    return { problem };
  }

  return {
    async ask(rpc, request, call) {
      const deadlineMs = clock.monotonicMs() + call.timeoutMs;
      const encoded = rpc.encodeRequest(request);
      for (;;) {
        const outcome = await pass(rpc, encoded, { ...call, deadlineMs });
        if ('answer' in outcome) return outcome.answer;
        const pauseMs = PAUSE_MS.min + random.below(PAUSE_MS.max - PAUSE_MS.min);
        const isLast = call.kind === 'question' || closed || clock.monotonicMs() + pauseMs >= deadlineMs;
        if (isLast) return { ok: false, error: outcome.problem };
        await new Promise<void>((resolve) => timers.after(pauseMs, resolve));
      }
    },
    close() {
      closed = true;
      channels.close();
    },
  };
}

/** What one node said, or one pass came to: the answer, or why another node or pass may do better. */
type Outcome<Response> =
  { readonly answer: Result<Response> } | { readonly problem: Failure; readonly hint?: Endpoint };

function judged<Request, Response extends ResponseFacts>(
  rpc: Rpc<Request, Response>,
  outcome: UnaryOutcome,
  { kind, peer }: { readonly kind: LeaderCall['kind']; readonly peer: string },
): Outcome<Response> {
  if (!outcome.ok) return judgedFailure(outcome.error, kind, peer);
  const response = decodeOrUndefined((bytes) => rpc.decodeResponse(bytes), outcome.value);
  if (response === undefined) return { answer: failure('UNKNOWN_SERVER_ERROR', `${peer} sent what cannot be read`) };
  const { error, leaderEndpoint } = response;
  const isPassedOn = PASSED_ON.has(error) || (kind === 'read' && error === 'REQUEST_TIMED_OUT');
  if (!isPassedOn) return { answer: success(response) };
  const problem = failure('LEADER_NOT_AVAILABLE', `${peer}: ${error}: ${errorInfo(error).text}`).error;
  return { problem, ...(leaderEndpoint === undefined ? {} : { hint: leaderEndpoint }) };
}

function judgedFailure(error: ChannelFailure, kind: LeaderCall['kind'], peer: string): Outcome<never> {
  const { reason, status, failure: told, message } = error;
  if (told !== undefined)
    return kind !== 'change' || PASSED_ON.has(told.code) ? { problem: told } : { answer: { ok: false, error: told } };
  if (status === 'UNIMPLEMENTED') return { answer: failure('UNSUPPORTED_VERSION', `${peer} is too old: ${message}`) };
  if (kind !== 'change' || reason === 'refused') {
    return { problem: failure('LEADER_NOT_AVAILABLE', `${peer} cannot be reached: ${message}`).error };
  }
  return { answer: failure('REQUEST_TIMED_OUT', `${peer} may or may not have made the change: ${message}`) };
}
