import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { endpointText, type Endpoint } from '@milena/model';
import type { Counter, Logger, Meter } from '@milena/platform';
import { DEFAULT_CONNECTION_LIMITS, type ConnectionLimits } from './connection-limits';
import { FrameBuffers } from './frame-buffers';
import type { FrameHandler, KafkaConnection } from './kafka-connection';
import { ListenFailure } from './listen-failure';
import { RefusalLog } from './refusal-log';
import { ServedConnection } from './served-connection';
import { attachReader, READ_BYTES } from './socket-reader';

/** Who every client is until authentication exists. */
const ANONYMOUS = 'User:ANONYMOUS';
/** How long request buffers are kept that nobody needs. */
const TRIM_INTERVAL_MS = 10_000;

/** What a listener is made of. */
export interface KafkaListenerOptions {
  /** Kafka's name of the listener, e.g. `PLAINTEXT`. */
  readonly name: string;
  readonly host: string;
  /** 0 asks the system for a free one. */
  readonly port: number;
  readonly handle: FrameHandler;
  /** What differs from DEFAULT_CONNECTION_LIMITS. */
  readonly limits?: Partial<ConnectionLimits>;
  readonly logger: Logger;
  readonly meter: Meter;
}

/** A TCP listener for Kafka's protocol. */
export interface KafkaListener {
  /** Starts accepting; the endpoint with the real port. Rejects with ListenFailure. */
  start(): Promise<Endpoint>;
  /** Accepts nothing more, finishes requests under way for at most `drainMs`, then closes all connections. */
  stop(drainMs: number): Promise<void>;
}

/** Makes a listener; nothing is opened before `start`. */
export function createKafkaListener(options: KafkaListenerOptions): KafkaListener {
  return new Listener(options);
}

class Listener implements KafkaListener {
  readonly #options: KafkaListenerOptions;
  readonly #limits: ConnectionLimits;
  readonly #server: Server;
  readonly #buffers = new FrameBuffers();
  readonly #readBuffer = Buffer.allocUnsafeSlow(READ_BYTES);
  readonly #connections = new Set<ServedConnection>();
  readonly #perAddress = new Map<string, number>();
  readonly #starved = new Set<ServedConnection>();
  readonly #refusals: RefusalLog;
  readonly #accepted: Counter;
  readonly #countTraffic: (inBytes: number, outBytes: number) => void;
  #nextConnectionId = 1;
  #sweep: NodeJS.Timeout | undefined;
  #trim: NodeJS.Timeout | undefined;
  #allClosed: (() => void) | undefined;

  constructor(options: KafkaListenerOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_CONNECTION_LIMITS, ...options.limits };
    this.#refusals = new RefusalLog(options.logger, () => performance.now());
    this.#server = createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true, keepAlive: true });
    this.#server.on('connection', (socket) => this.#accept(socket));
    const { meter } = options;
    const labels = { listener: options.name };
    const name = (what: string) => `kafka_server_socket_server_metrics_${what}`;
    const received = meter.counter(name('incoming_byte_total'), 'Bytes read from clients.', labels);
    const sent = meter.counter(name('outgoing_byte_total'), 'Bytes written to clients.', labels);
    this.#accepted = meter.counter(name('connection_creation_total'), 'Client connections accepted.', labels);
    meter.gauge(name('connection_count'), 'Open client connections.', () => [
      { labels, value: this.#connections.size },
    ]);
    this.#countTraffic = (inBytes, outBytes) => {
      if (inBytes > 0) received.add(inBytes);
      if (outBytes > 0) sent.add(outBytes);
    };
  }

  async start(): Promise<Endpoint> {
    const { name, host, port } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (cause: NodeJS.ErrnoException) =>
        reject(new ListenFailure(name, { host, port }, cause)),
      );
      this.#server.listen({ host, port, backlog: 511 }, resolve);
    });
    this.#server.removeAllListeners('error');
    this.#server.on('error', (error) =>
      this.#options.logger.warn('accepting a connection failed', { error: error.message }),
    );
    this.#sweep = setInterval(() => this.#enforceTimeouts(), this.#sweepIntervalMs()).unref();
    this.#trim = setInterval(() => this.#buffers.trim(), TRIM_INTERVAL_MS).unref();
    const endpoint = { host, port: (this.#server.address() as AddressInfo).port };
    this.#options.logger.info('listening for kafka clients', { listener: name, endpoint: endpointText(endpoint) });
    return endpoint;
  }

  async stop(drainMs: number): Promise<void> {
    this.#server.close();
    for (const connection of [...this.#connections]) connection.drain();
    if (this.#connections.size > 0) await this.#closedOrCutOff(drainMs);
    clearInterval(this.#sweep);
    clearInterval(this.#trim);
  }

  async #closedOrCutOff(drainMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => (this.#allClosed = resolve));
    const cutOff = setTimeout(() => {
      for (const connection of [...this.#connections]) connection.destroy();
    }, drainMs);
    await closed;
    clearTimeout(cutOff);
  }

  #accept(accepted: Socket): void {
    const address = accepted.remoteAddress?.replace(/^::ffff:/, '');
    const refusal = address === undefined ? 'gone' : this.#refusal(address);
    if (address === undefined || refusal !== undefined) {
      this.#options.logger.debug('refused a connection', { address, reason: refusal });
      accepted.destroy();
      return;
    }
    const info: KafkaConnection = {
      id: this.#nextConnectionId++,
      listenerName: this.#options.name,
      remoteAddress: endpointText({ host: address, port: accepted.remotePort ?? 0 }),
      principal: ANONYMOUS,
    };
    this.#perAddress.set(address, (this.#perAddress.get(address) ?? 0) + 1);
    const connection = this.#connection(info);
    this.#connections.add(connection);
    this.#accepted.add(1);
    const { socket } = attachReader(accepted, this.#readBuffer, (chunk) => connection.receive(chunk));
    connection.attach(socket, () => this.#forget(connection, address));
  }

  #connection(info: KafkaConnection): ServedConnection {
    return new ServedConnection({
      info,
      handle: this.#options.handle,
      limits: this.#limits,
      buffers: this.#buffers,
      logger: this.#options.logger,
      now: () => performance.now(),
      onTraffic: this.#countTraffic,
      onStarved: (starved) => this.#starved.add(starved),
      onReleased: () => this.#relieve(),
      onRefused: (refused, error) => this.#refusals.refused(refused, error),
    });
  }

  #refusal(address: string): string | undefined {
    if (this.#connections.size >= this.#limits.connectionsMax) return 'too many connections';
    const fromAddress = this.#perAddress.get(address) ?? 0;
    return fromAddress >= this.#limits.connectionsPerAddressMax ? 'too many connections from this address' : undefined;
  }

  #forget(connection: ServedConnection, address: string): void {
    this.#connections.delete(connection);
    this.#starved.delete(connection);
    const left = (this.#perAddress.get(address) ?? 1) - 1;
    if (left > 0) this.#perAddress.set(address, left);
    else this.#perAddress.delete(address);
    if (this.#connections.size === 0) this.#allClosed?.();
  }

  /** Lets connections read on that waited for memory. */
  #relieve(): void {
    if (this.#starved.size === 0 || this.#buffers.lentBytes > this.#limits.heldBytesMax) return;
    const starved = [...this.#starved];
    this.#starved.clear();
    for (const connection of starved) connection.reconsider();
  }

  #enforceTimeouts(): void {
    for (const connection of [...this.#connections]) connection.enforceTimeouts();
  }

  /** Often enough that no time limit is overrun by more than a quarter, and not oftener than a loop can bear. */
  #sweepIntervalMs(): number {
    const { idleTimeoutMs, firstByteTimeoutMs, frameTimeoutMs, responseStallTimeoutMs } = this.#limits;
    const shortest = Math.min(idleTimeoutMs, firstByteTimeoutMs, frameTimeoutMs, responseStallTimeoutMs);
    return Math.min(5_000, Math.max(5, shortest / 4));
  }
}
