import { MalformedInput } from '@milena/bytes';
import { endpointText, type Endpoint } from '@milena/model';
import type {
  CallContext,
  CallOptions,
  Channel,
  ChannelFailure,
  ChannelStream,
  Connector,
  StreamAcceptor,
  StreamHandlers,
  UnaryHandler,
  UnaryOutcome,
} from '../channel';
import { invalidRequest, MemoryExchange, statusOf, type ExchangeRules, type NetworkLife } from './memory-exchange';
import { MemoryWire } from './memory-wire';

/** What listens at an endpoint. */
export interface MemoryListener {
  readonly life: NetworkLife;
  readonly unary: ReadonlyMap<string, UnaryHandler>;
  readonly streams: ReadonlyMap<string, StreamAcceptor>;
}

/** What connectors need of their network. */
export interface NetworkCore extends ExchangeRules {
  /** Whether a unary request about to be sent will arrive twice. */
  isDuplicated(method: string): boolean;
  /** By `host:port`. */
  readonly listeners: ReadonlyMap<string, MemoryListener>;
  /** All calls and streams that are not over at both ends. */
  readonly exchanges: Set<MemoryExchange>;
  readonly connectTimeoutMs: number;
}

/** A connection of a process to one endpoint for one purpose; the exchanges on it break together. */
class MemoryChannel implements Channel {
  readonly #exchanges = new Set<MemoryExchange>();
  #established = false;
  #closed = false;

  constructor(
    readonly network: NetworkCore,
    readonly life: NetworkLife,
    readonly endpoint: Endpoint,
    readonly peer: string,
  ) {}

  unary(method: string, request: Uint8Array, { timeoutMs, trace }: CallOptions): Promise<UnaryOutcome> {
    const context: CallContext = { peer: this.peer, ...(trace === undefined ? {} : { trace }) };
    return new Promise((resolve) => this.#call(method, request, context, timeoutMs, resolve));
  }

  #call(
    method: string,
    request: Uint8Array,
    context: CallContext,
    timeoutMs: number,
    resolve: (outcome: UnaryOutcome) => void,
  ): void {
    let response: Uint8Array | undefined;
    const exchange = this.#exchange(method, {
      onMessage: (message) => void (response = message),
      onClosed: (failure) => {
        deadline.cancel();
        if (failure !== undefined) resolve({ ok: false, error: failure });
        else resolve({ ok: true, value: response ?? new Uint8Array() });
      },
    });
    const late: ChannelFailure = { reason: 'timeout', message: `no answer within ${timeoutMs} ms` };
    const deadline = this.network.timers.after(timeoutMs, () => exchange.closeCaller(late));
    this.network.sending(this.life.host);
    if (!this.life.alive || this.network.isLost()) return;
    this.#duplicate(method, request, context);
    this.#open(exchange, (listener) => {
      const bytes = Buffer.from(request);
      this.network.delivered({ from: this.life.host, to: this.endpoint.host, method, bytes });
      this.#answer(exchange, listener, method, bytes, context);
    });
  }

  /** As when a transport repeats a request whose answer got lost: it is served again, and nobody waits for that answer. */
  #duplicate(method: string, request: Uint8Array, context: CallContext): void {
    if (!this.network.isDuplicated(method)) return;
    const again = this.#exchange(method, { onMessage() {}, onClosed() {} });
    const bytes = Buffer.from(request);
    this.#open(again, (listener) => this.#answer(again, listener, method, bytes, context));
  }

  openStream(method: string, handlers: StreamHandlers): ChannelStream {
    const exchange = this.#exchange(method, handlers);
    this.#open(exchange, (listener) => {
      const accept = listener.streams.get(method);
      if (accept === undefined) return exchange.complete(unimplemented(method));
      exchange.accepted(listener.life);
      exchange.accepted(listener.life, accept(exchange.serverStream, { peer: this.peer }));
    });
    this.network.timers.after(this.network.connectTimeoutMs, () => {
      if (exchange.serverLife !== undefined) return;
      exchange.cancelByCaller({ reason: 'timeout', message: 'no connection in time' });
    });
    return exchange.callerStream;
  }

  /** Every message finds its own way here. */
  readonly isConnected = true;

  close(): void {
    this.#closed = true;
    for (const exchange of [...this.#exchanges]) exchange.callerStream.cancel();
  }

  #exchange(method: string, handlers: StreamHandlers): MemoryExchange {
    const { exchanges } = this.network;
    const watched: StreamHandlers = {
      onMessage: (message) => handlers.onMessage(message),
      onClosed: (failure) => {
        if (failure?.reason === 'reset') this.#established = false;
        handlers.onClosed(failure);
      },
    };
    const { host } = this.endpoint;
    const exchange: MemoryExchange = new MemoryExchange(this.network, method, this.life, host, watched, () => {
      this.#exchanges.delete(exchange);
      exchanges.delete(exchange);
    });
    this.#exchanges.add(exchange);
    exchanges.add(exchange);
    if (this.#closed) exchange.callerStream.cancel();
    return exchange;
  }

  #open(exchange: MemoryExchange, accept: (listener: MemoryListener) => void): void {
    if (this.#closed || !this.life.alive) return;
    exchange.open(!this.#established, () => {
      const listener = this.network.listeners.get(endpointText(this.endpoint));
      this.#established = listener !== undefined;
      if (listener === undefined) {
        exchange.complete({ reason: 'refused', message: `connection refused by ${endpointText(this.endpoint)}` });
      } else {
        accept(listener);
      }
    });
  }

  #answer(
    exchange: MemoryExchange,
    listener: MemoryListener,
    method: string,
    request: Uint8Array,
    context: CallContext,
  ): void {
    const handler = listener.unary.get(method);
    exchange.accepted(listener.life);
    if (handler === undefined) return exchange.complete(unimplemented(method));
    const run = async (): Promise<void> => {
      try {
        const result = await handler(request, context);
        if (result.ok) exchange.serverStream.send(result.value);
        exchange.complete(result.ok ? undefined : statusOf(result.error));
      } catch (error) {
        if (error instanceof MalformedInput) return exchange.complete(invalidRequest(error));
        this.network.timers.after(0, () => {
          if (listener.life.alive) throw error;
        });
      }
    };
    void run();
  }
}

function unimplemented(method: string): ChannelFailure {
  return { reason: 'status', status: 'UNIMPLEMENTED', message: `no method ${method}` };
}

/** What a process of the memory network connects with. */
export function createMemoryConnector(network: NetworkCore, life: NetworkLife): Connector {
  let lastPort = 40_000;
  return {
    connect: (endpoint) =>
      new MemoryChannel(network, life, endpoint, endpointText({ host: life.host, port: ++lastPort })),
    refuses: (endpoint, timeoutMs) =>
      new Promise((resolve) => {
        network.timers.after(timeoutMs, () => network.whenAwake(life.host, () => resolve(false)));
        const back = new MemoryWire(network, endpoint.host, life.host);
        new MemoryWire(network, life.host, endpoint.host).send({
          bytes: 0,
          needsBothWays: true,
          deliver: () => {
            const refused = !network.listeners.has(endpointText(endpoint));
            back.send({ bytes: 0, deliver: () => resolve(refused) });
          },
        });
      }),
  };
}
