import { describeQuorumRpc } from '@milena/cluster-protocol';
import { endpointText, errorInfo, failure, success, type Endpoint, type Failure, type Result } from '@milena/model';
import type { Clock, Connector } from '@milena/platform';
import { createChannelCache, type ChannelCache, type MetadataLog } from '@milena/raft-driver';
import type { DescribeQuorumResponse } from '@milena/raft';
import type { AdminCall } from './admin-method';
import { callFailure, decodedAnswer } from './call-failure';

const TIMEOUT_MS = 5_000;
/** How long one controller may take: the next one may know better. */
const CONTROLLER_TIMEOUT_MS = 2_000;
/** Hints to other leaders that are followed: the leader may change while we ask. */
const HINTS_MAX = 4;

/** What the quorum is asked with. */
export interface QuorumCallsOptions {
  readonly clock: Clock;
  readonly connector: Connector;
  readonly metadataLog: Pick<MetadataLog, 'leader'>;
  /** Controllers to ask while the metadata log knows no leader. */
  readonly bootstrap: readonly Endpoint[];
}

/** Questions to the leader of the metadata log: only it knows how far the others are. */
export class QuorumCalls {
  readonly #channels: ChannelCache;

  constructor(private readonly options: QuorumCallsOptions) {
    this.#channels = createChannelCache({ connector: options.connector, purpose: 'admin' });
  }

  /** Asks one controller after the other until the leader has answered; LEADER_NOT_AVAILABLE when none did in time. */
  async describe(call: AdminCall): Promise<Result<DescribeQuorumResponse>> {
    const { clock, metadataLog, bootstrap } = this.options;
    const deadline = clock.monotonicMs() + TIMEOUT_MS;
    const leader = metadataLog.leader().endpoint;
    const toAsk = [...(leader === undefined ? [] : [leader]), ...bootstrap];
    let hints = 0;
    let problem: Failure = failure('LEADER_NOT_AVAILABLE', 'no controller is known').error;
    for (let endpoint = toAsk.shift(); endpoint !== undefined; endpoint = toAsk.shift()) {
      const remainingMs = deadline - clock.monotonicMs();
      if (remainingMs <= 0) break;
      const answer = await this.#ask(endpoint, Math.min(remainingMs, CONTROLLER_TIMEOUT_MS), call);
      if (answer.ok && answer.value.error === 'NONE') return success(answer.value);
      problem = answer.ok
        ? failure('LEADER_NOT_AVAILABLE', `controller ${endpointText(endpoint)}: ${errorInfo(answer.value.error).text}`)
            .error
        : answer.error;
      const hint = answer.ok ? answer.value.leaderEndpoint : undefined;
      if (hint !== undefined && hints++ < HINTS_MAX) toAsk.unshift(hint);
    }
    return { ok: false, error: problem };
  }

  close(): void {
    this.#channels.close();
  }

  async #ask(endpoint: Endpoint, timeoutMs: number, { trace }: AdminCall): Promise<Result<DescribeQuorumResponse>> {
    const { host, port } = endpoint;
    const request = describeQuorumRpc.encodeRequest({ type: 'describeQuorum' });
    const callOptions = { timeoutMs, ...(trace === undefined ? {} : { trace }) };
    const outcome = await this.#channels.unary({ host, port }, describeQuorumRpc.method, request, callOptions);
    const peer = `controller ${endpointText(endpoint)}`;
    if (outcome.ok) return decodedAnswer(describeQuorumRpc, outcome.value, peer);
    return { ok: false, error: callFailure(outcome.error, 'LEADER_NOT_AVAILABLE', peer) };
  }
}
