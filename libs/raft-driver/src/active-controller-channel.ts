import { endpointText, type Endpoint } from '@milena/model';
import type { ChannelFailure, Connector, Platform, TraceContext, UnaryOutcome } from '@milena/platform';
import { createChannelCache } from './channel-cache';
import type { MetadataLog } from './metadata-log';

const MAX_ATTEMPTS = 30;
const BACKOFF_MS = { first: 10, max: 250 };

/**
 * Unary calls to whichever node is the active controller. Never rejects. A call is sent again only when it is certain
 * that the former attempt was not carried out: the port refused, or the node answered that it is not the controller. A
 * broken connection or a passed deadline is the caller's to judge.
 */
export interface ActiveControllerChannel {
  /** `timeoutMs` bounds the whole call, every attempt and pause included. */
  unary(method: string, request: Uint8Array, timeoutMs: number, trace?: TraceContext): Promise<UnaryOutcome>;
  /** Closes the connections; calls under way end as cancelled. */
  close(): void;
}

/** What the channel is built from. `bootstrap` are controllers to ask while the metadata log knows no leader. */
export interface ActiveControllerChannelOptions {
  readonly platform: Pick<Platform, 'clock' | 'timers' | 'random' | 'logger'>;
  readonly connector: Connector;
  readonly metadataLog: Pick<MetadataLog, 'leader'>;
  readonly bootstrap: readonly Endpoint[];
}

/** Makes the channel; it connects at the first call. */
export function createActiveControllerChannel(options: ActiveControllerChannelOptions): ActiveControllerChannel {
  const { platform, connector, metadataLog, bootstrap } = options;
  const { clock, timers, random, logger } = platform;
  const channels = createChannelCache({ connector, purpose: 'controller' });
  let firstBootstrap = bootstrap.length > 0 ? random.below(bootstrap.length) : 0;
  let closed = false;

  /**
   * The endpoints of one call in the order of its attempts: the leader unless it was just tried in vain, then the others
   * in turn, because what we know may be old. Each call has a turn of its own: calls that share one can starve each other.
   */
  function endpointChooser(): (triedInVain: string | undefined) => Endpoint | undefined {
    let turn = firstBootstrap;
    return (triedInVain) => {
      const leader = metadataLog.leader().endpoint;
      if (leader !== undefined && endpointText(leader) !== triedInVain) return leader;
      return bootstrap[turn++ % bootstrap.length] ?? leader;
    };
  }

  /** The next call without a known leader begins where this one was answered. */
  function answeredBy(endpoint: Endpoint): void {
    const index = bootstrap.findIndex((candidate) => endpointText(candidate) === endpointText(endpoint));
    if (index >= 0) firstBootstrap = index;
  }

  function pause(attempt: number): Promise<void> {
    const limit = Math.min(BACKOFF_MS.first * 2 ** attempt, BACKOFF_MS.max);
    return new Promise((resolve) => timers.after(limit / 2 + random.below(Math.ceil(limit / 2)), resolve));
  }

  async function unary(
    method: string,
    request: Uint8Array,
    timeoutMs: number,
    trace?: TraceContext,
  ): Promise<UnaryOutcome> {
    const deadline = clock.monotonicMs() + timeoutMs;
    let last: ChannelFailure = { reason: 'timeout', message: 'no controller is known' };
    let triedInVain: string | undefined;
    const chooseEndpoint = endpointChooser();
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const remainingMs = deadline - clock.monotonicMs();
      if (closed) return failed({ reason: 'cancelled', message: 'the channel is closed' });
      if (remainingMs <= 0) return failed({ ...last, message: `${method} timed out: ${last.message}` });
      const endpoint = chooseEndpoint(triedInVain);
      if (endpoint !== undefined) {
        const callOptions = { timeoutMs: remainingMs, ...(trace === undefined ? {} : { trace }) };
        const outcome = await channels.unary(endpoint, method, request, callOptions);
        if (outcome.ok) answeredBy(endpoint);
        if (outcome.ok || !wasNotCarriedOut(outcome.error)) return outcome;
        last = outcome.error;
        triedInVain = endpointText(endpoint);
        logger.debug('controller call goes to another node', { method, endpoint: triedInVain, failure: last.message });
      }
      await pause(attempt);
    }
    return failed(last);
  }

  return {
    unary,
    close() {
      closed = true;
      channels.close();
    },
  };
}

function failed(error: ChannelFailure): UnaryOutcome {
  return { ok: false, error };
}

/** Whether it is certain that the peer did not carry the call out, so that another may be asked. */
function wasNotCarriedOut(error: ChannelFailure): boolean {
  if (error.reason === 'refused') return true;
  return error.reason === 'status' && error.failure?.code === 'NOT_CONTROLLER';
}
