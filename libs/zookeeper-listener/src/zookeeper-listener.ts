import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { endpointText, type Endpoint } from '@milena/model';
import type { Counter, Logger, Meter } from '@milena/platform';
import { AcceptedConnection } from './accepted-connection';
import { DEFAULT_LISTENER_LIMITS, type ListenerLimits } from './listener-limits';
import type { ZookeeperHandler } from './zookeeper-handler';

/** What a listener is made of. */
export interface ZookeeperListenerOptions {
  readonly host: string;
  /** 0 asks the system for a free one. */
  readonly port: number;
  readonly handler: ZookeeperHandler;
  /** What differs from DEFAULT_LISTENER_LIMITS. */
  readonly limits?: Partial<ListenerLimits>;
  readonly logger: Logger;
  readonly meter: Meter;
}

/** A TCP listener for ZooKeeper's protocol. */
export interface ZookeeperListener {
  /** Starts accepting; the endpoint with the real port. Rejects with the system's error, EADDRINUSE when it is taken. */
  start(): Promise<Endpoint>;
  /** Accepts nothing more, closes all connections after what was sent to them, cuts off what remains after `lingerMs`. */
  stop(): Promise<void>;
}

/** Makes a listener; nothing is opened before `start`. */
export function createZookeeperListener(options: ZookeeperListenerOptions): ZookeeperListener {
  return new Listener(options);
}

class Listener implements ZookeeperListener {
  readonly #options: ZookeeperListenerOptions;
  readonly #limits: ListenerLimits;
  readonly #server: Server;
  readonly #connections = new Set<AcceptedConnection>();
  readonly #perAddress = new Map<string, number>();
  readonly #received: Counter;
  readonly #sent: Counter;
  readonly #refused: Counter;
  #sweep: NodeJS.Timeout | undefined;

  constructor(options: ZookeeperListenerOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_LISTENER_LIMITS, ...options.limits };
    this.#server = createServer({ allowHalfOpen: true, noDelay: true, keepAlive: true });
    this.#server.on('connection', (socket) => this.#accept(socket));
    const { meter } = options;
    this.#received = meter.counter('zookeeper_server_received_bytes_total', 'Bytes read from ZooKeeper clients.');
    this.#sent = meter.counter('zookeeper_server_sent_bytes_total', 'Bytes written to ZooKeeper clients.');
    this.#refused = meter.counter('zookeeper_server_refused_connections_total', 'Connections beyond a limit.');
    meter.gauge('zookeeper_server_connections', 'Open ZooKeeper connections.', () => this.#connections.size);
  }

  async start(): Promise<Endpoint> {
    const { host, port, logger } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ ...(host === '' ? {} : { host }), port, backlog: 511 }, resolve);
    });
    this.#server.removeAllListeners('error');
    this.#server.on('error', (error) => logger.warn('accepting a connection failed', { error: error.message }));
    this.#sweep = setInterval(() => this.#enforceTimeouts(), this.#sweepIntervalMs()).unref();
    const endpoint = { host, port: (this.#server.address() as AddressInfo).port };
    logger.info('listening for zookeeper clients', { endpoint: endpointText(endpoint) });
    return endpoint;
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const connection of [...this.#connections]) connection.close();
    const cutOff = setTimeout(() => {
      for (const connection of [...this.#connections]) connection.destroy();
    }, this.#limits.lingerMs);
    await closed;
    clearTimeout(cutOff);
    clearInterval(this.#sweep);
  }

  #accept(socket: Socket): void {
    const address = socket.remoteAddress?.replace(/^::ffff:/, '');
    const refusal = address === undefined ? 'gone' : this.#refusal(address);
    if (address === undefined || refusal !== undefined) {
      this.#refused.add(1);
      this.#options.logger.debug('refused a connection', { address, reason: refusal });
      socket.destroy();
      return;
    }
    this.#perAddress.set(address, (this.#perAddress.get(address) ?? 0) + 1);
    const connection = new AcceptedConnection(socket, {
      remoteAddress: endpointText({ host: address, port: socket.remotePort ?? 0 }),
      handler: this.#options.handler,
      limits: this.#limits,
      logger: this.#options.logger,
      now: () => performance.now(),
      onTraffic: (inBytes, outBytes) => {
        if (inBytes > 0) this.#received.add(inBytes);
        if (outBytes > 0) this.#sent.add(outBytes);
      },
      onClosed: () => this.#forget(connection, address),
    });
    this.#connections.add(connection);
  }

  #refusal(address: string): string | undefined {
    if (this.#connections.size >= this.#limits.connectionsMax) return 'too many connections';
    const fromAddress = this.#perAddress.get(address) ?? 0;
    return fromAddress >= this.#limits.connectionsPerAddressMax ? 'too many connections from this address' : undefined;
  }

  #forget(connection: AcceptedConnection, address: string): void {
    this.#connections.delete(connection);
    const left = (this.#perAddress.get(address) ?? 1) - 1;
    if (left > 0) this.#perAddress.set(address, left);
    else this.#perAddress.delete(address);
  }

  #enforceTimeouts(): void {
    for (const connection of [...this.#connections]) connection.enforceTimeouts();
  }

  /** Often enough that no time limit is overrun by more than a quarter, and not oftener than a loop can bear. */
  #sweepIntervalMs(): number {
    const { firstBytesTimeoutMs, packetTimeoutMs, stallTimeoutMs, lingerMs } = this.#limits;
    return Math.min(1_000, Math.max(5, Math.min(firstBytesTimeoutMs, packetTimeoutMs, stallTimeoutMs, lingerMs) / 4));
  }
}
