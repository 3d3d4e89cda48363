import { MalformedInput } from '@milena/bytes';
import { describeQuorumRpc } from '@milena/cluster-protocol';
import { endpointText, type Endpoint } from '@milena/model';
import type { Channel, Connector, Platform, Timer } from '@milena/platform';

const ANSWER_WITHIN_MS = 2_000;
/** Pause after every controller was asked in vain. */
const PAUSE_MS = 250;
/** What may stand in a meta.properties file; ids we make are 22 characters. */
const CLUSTER_ID = /^[\w.-]{1,128}$/;

/** A question to the quorum that is repeated until one of its nodes answers. */
export interface ClusterIdQuestion {
  /** The cluster id; undefined when the question was withdrawn. Never rejects. */
  readonly answer: Promise<string | undefined>;
  /** Stops asking. */
  withdraw(): void;
}

/** Whom to ask, and what with. */
export interface ClusterIdQuestionOptions {
  readonly platform: Pick<Platform, 'timers' | 'logger'>;
  readonly connector: Connector;
  /** Controllers; any of them can answer, leader or not. */
  readonly bootstrap: readonly Endpoint[];
}

/** Asks the controllers in turn which cluster they are, without end: a quorum may come up long after us. */
export function askClusterId(options: ClusterIdQuestionOptions): ClusterIdQuestion {
  const { platform, connector, bootstrap } = options;
  let isWithdrawn = false;
  let channel: Channel | undefined;
  let pausing: { readonly timer: Timer; readonly end: () => void } | undefined;

  async function ask(endpoint: Endpoint): Promise<string | undefined> {
    channel = connector.connect(endpoint, 'cluster id');
    // Controllers take an empty cluster id for theirs.
    const request = describeQuorumRpc.encodeRequest({ type: 'describeQuorum' });
    const outcome = await channel.unary(describeQuorumRpc.method, request, { timeoutMs: ANSWER_WITHIN_MS });
    channel.close();
    return outcome.ok ? clusterIdIn(outcome.value) : undefined;
  }

  function pause(): Promise<void> {
    return new Promise((end) => (pausing = { timer: platform.timers.after(PAUSE_MS, end), end }));
  }

  async function untilAnswered(): Promise<string | undefined> {
    const controllers = bootstrap.map(endpointText);
    platform.logger.info('this folder is new: asking the quorum which cluster it is', { controllers });
    for (;;) {
      for (const endpoint of bootstrap) {
        const clusterId = isWithdrawn ? undefined : await ask(endpoint);
        if (isWithdrawn || clusterId !== undefined) return isWithdrawn ? undefined : clusterId;
      }
      await pause();
    }
  }

  return {
    answer: untilAnswered(),
    withdraw() {
      isWithdrawn = true;
      channel?.close();
      pausing?.timer.cancel();
      pausing?.end();
    },
  };
}

function clusterIdIn(bytes: Uint8Array): string | undefined {
  try {
    const { clusterId } = describeQuorumRpc.decodeResponse(bytes);
    return CLUSTER_ID.test(clusterId) ? clusterId : undefined;
  } catch (error) {
    if (error instanceof MalformedInput) return undefined;
    throw error;
  }
}
