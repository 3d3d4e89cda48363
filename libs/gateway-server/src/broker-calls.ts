import type { Rpc } from '@milena/cluster-protocol';
import type { BrokerRegistration, MetadataImage } from '@milena/metadata';
import { failure, type Result } from '@milena/model';
import type { Connector } from '@milena/platform';
import { createChannelCache, type ChannelCache } from '@milena/raft-driver';
import type { AdminCall } from './admin-method';
import { callFailure, decodedAnswer } from './call-failure';
import { brokerName } from './resource-name';

/** How long a broker may take to answer. */
const TIMEOUT_MS = 3_000;
const CONNECTIONS_MAX = 256;

/** What calls to brokers are made from. */
export interface BrokerCallsOptions {
  readonly connector: Connector;
  /** Listener on which brokers talk to their peers (`inter.broker.listener.name`). */
  readonly peerListenerName: string;
}

/** Calls to brokers on the listener they have for their peers. */
export class BrokerCalls {
  readonly #channels: ChannelCache;

  constructor(private readonly options: BrokerCallsOptions) {
    this.#channels = createChannelCache({
      connector: options.connector,
      purpose: 'admin',
      maxConnections: CONNECTIONS_MAX,
    });
  }

  /**
   * Asks the broker at the address it is registered with. BROKER_ID_NOT_REGISTERED when there is none; BROKER_NOT_AVAILABLE
   * or REQUEST_TIMED_OUT when it does not answer; else what it answers.
   */
  async ask<Request, Response>(
    { image, brokerId }: { readonly image: MetadataImage; readonly brokerId: number },
    rpc: Rpc<Request, Response>,
    request: Request,
    { trace }: AdminCall,
  ): Promise<Result<Response>> {
    const broker = image.broker(brokerId);
    const about = { broker: brokerName(brokerId) };
    if (broker === undefined)
      return failure('BROKER_ID_NOT_REGISTERED', `no broker ${brokerId} is registered`, { about });
    const endpoint = this.#peerListener(broker);
    if (endpoint === undefined) {
      const message = `broker ${brokerId} has no listener ${this.options.peerListenerName} (inter.broker.listener.name)`;
      return failure('BROKER_NOT_AVAILABLE', message, { about });
    }
    const { host, port } = endpoint;
    const callOptions = { timeoutMs: TIMEOUT_MS, ...(trace === undefined ? {} : { trace }) };
    const bytes = rpc.encodeRequest(request);
    const outcome = await this.#channels.unary({ host, port }, rpc.method, bytes, callOptions);
    const peer = `broker ${brokerId}`;
    if (outcome.ok) return decodedAnswer(rpc, outcome.value, peer);
    const failed = callFailure(outcome.error, 'BROKER_NOT_AVAILABLE', peer);
    return { ok: false, error: { ...failed, about: { ...about, ...failed.about } } };
  }

  close(): void {
    this.#channels.close();
  }

  #peerListener({ listeners }: BrokerRegistration): BrokerRegistration['listeners'][number] | undefined {
    return listeners.find(({ name }) => name === this.options.peerListenerName);
  }
}
