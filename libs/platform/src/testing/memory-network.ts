import { endpointText, invariant, type Endpoint } from '@milena/model';
import type { Connector, ServiceHost, StreamAcceptor, UnaryHandler } from '../channel';
import type { Clock } from '../clock';
import type { Timers } from '../timers';
import { createMemoryConnector, type MemoryListener, type NetworkCore } from './memory-connector';
import type { Delivery, MemoryExchange, NetworkLife } from './memory-exchange';
import type { MemoryWire } from './memory-wire';
import { createSeededRandom, type SeededRandom } from './seeded-random';

/** How a memory network behaves. Times are milliseconds. */
export interface MemoryNetworkOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random?: SeededRandom;
  /** Time one message takes, drawn uniformly; 0 to 1 unless said otherwise. */
  readonly latencyMs?: { readonly min: number; readonly max: number };
  /** How long a connection survives while one of its directions is cut; 5000 unless said otherwise. */
  readonly keepAliveMs?: number;
  /** How long a stream waits for its connection to be made; 5000 unless said otherwise. */
  readonly connectTimeoutMs?: number;
  /** Bytes that may wait in one direction of a stream; 64 MiB unless said otherwise. */
  readonly maxQueuedBytes?: number;
  /** Sees every message as it is delivered. */
  readonly observe?: (delivery: Delivery) => void;
  /** Sees that a host is about to send, before it does. */
  readonly onSend?: (from: string) => void;
}

/**
 * A network in memory with the manners of TCP: order inside a stream, none between streams; a cut way holds messages up
 * until it is healed or the connection gives up; a lost message breaks its connection, and nobody knows whether the
 * request was carried out; a port where nobody listens refuses; a process that dies resets its connections. Messages are
 * copied when they are delivered: two processes never share bytes, and a sender that changes what it sent does harm here
 * as it does on a real network.
 */
export interface MemoryNetwork {
  /** Adds a process reached under a host name. Several may share one host with ports of their own. */
  join(host: string): NetworkProcess;
  /** Cuts the way from one host to another, in this direction only. */
  block(from: string, to: string): void;
  /** Opens the way again; what was held up arrives. */
  heal(from: string, to: string): void;
  healAll(): void;
  /** Breaks every connection between two hosts. */
  resetConnections(left: string, right: string): void;
  /** Share of messages that are lost, 0 to 1, each breaking its connection. */
  setLossRate(rate: number): void;
  /** Share of unary requests served twice, 0 to 1, among the methods that `concerns` names: what every RPC must bear. */
  setDuplicates(rate: number, concerns: (method: string) => boolean): void;
  /** A stopped host: its connections stay, and what is sent to it waits until it is resumed. */
  pause(host: string): void;
  resume(host: string): void;
  /** Changes the time messages take from now on. */
  setLatency(latencyMs: { readonly min: number; readonly max: number }): void;
  /**
   * Share of messages, 0 to 1, that take up to `maxMs` and hold up what follows them in their stream; a unary call gives
   * up meanwhile, and its request arrives all the same.
   */
  setStragglers(rate: number, maxMs: number): void;
  /** What straggles arrives as soon as any other message. */
  hurryStragglers(): void;
}

/** The network as one process sees it. */
export interface NetworkProcess {
  readonly connector: Connector;
  /** A server at `port` of this host that does not listen yet. */
  server(port: number): MemoryServer;
  /** The process is gone: its ports refuse, its connections reset, none of its handlers ever runs again. */
  crash(): void;
}

/** A server of one port. Register methods first, then start. */
export interface MemoryServer extends ServiceHost {
  readonly endpoint: Endpoint;
  start(): void;
  /** Stops listening and breaks the connections. */
  stop(): void;
}

class SimulatedNetwork implements MemoryNetwork, NetworkCore {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly maxQueuedBytes: number;
  readonly connectTimeoutMs: number;
  readonly listeners = new Map<string, MemoryListener>();
  readonly exchanges = new Set<MemoryExchange>();
  readonly #random: SeededRandom;
  readonly #keepAliveMs: number;
  readonly #observe: (delivery: Delivery) => void;
  /** When each way was cut, by `from>to`; the value tells one cut from a later one. */
  readonly #blocked = new Map<string, object>();
  #stalled = new Set<MemoryWire>();
  #latency: { readonly min: number; readonly max: number };
  #lossRate = 0;
  readonly straggling = new Set<MemoryWire>();
  #stragglers = { rate: 0, maxMs: 0 };
  #duplicates: { readonly rate: number; readonly concerns: (method: string) => boolean } | undefined;
  readonly #paused = new Map<string, (() => void)[]>();
  readonly #onSend: ((from: string) => void) | undefined;

  constructor(options: MemoryNetworkOptions) {
    this.clock = options.clock;
    this.timers = options.timers;
    this.#random = options.random ?? createSeededRandom(0);
    this.#latency = options.latencyMs ?? { min: 0, max: 1 };
    this.#keepAliveMs = options.keepAliveMs ?? 5000;
    this.connectTimeoutMs = options.connectTimeoutMs ?? 5000;
    this.maxQueuedBytes = options.maxQueuedBytes ?? 64 * 1024 * 1024;
    this.#observe = options.observe ?? (() => {});
    this.#onSend = options.onSend;
  }

  join(host: string): NetworkProcess {
    const life: NetworkLife = { host, alive: true };
    return {
      connector: createMemoryConnector(this, life),
      server: (port) => this.#server(life, { host, port }),
      crash: () => {
        life.alive = false;
        this.#stopListening((listener) => listener.life === life);
        for (const exchange of [...this.exchanges]) exchange.processDied(life);
      },
    };
  }

  block(from: string, to: string): void {
    const key = `${from}>${to}`;
    const cut = {};
    this.#blocked.set(key, cut);
    this.timers.after(this.#keepAliveMs, () => {
      if (this.#blocked.get(key) === cut) this.resetConnections(from, to);
    });
  }

  heal(from: string, to: string): void {
    this.#blocked.delete(`${from}>${to}`);
    this.#pumpStalled();
  }

  healAll(): void {
    this.#blocked.clear();
    this.#pumpStalled();
  }

  resetConnections(left: string, right: string): void {
    for (const exchange of [...this.exchanges]) {
      if (exchange.serverLife === undefined) continue;
      const hosts = [exchange.callerLife.host, exchange.serverHost];
      if (hosts.includes(left) && hosts.includes(right)) exchange.reset();
    }
  }

  setLossRate(rate: number): void {
    this.#lossRate = rate;
  }

  setDuplicates(rate: number, concerns: (method: string) => boolean): void {
    this.#duplicates = rate === 0 ? undefined : { rate, concerns };
  }

  isDuplicated(method: string): boolean {
    const duplicates = this.#duplicates;
    return duplicates !== undefined && duplicates.concerns(method) && this.#random.chance(duplicates.rate);
  }

  pause(host: string): void {
    if (!this.#paused.has(host)) this.#paused.set(host, []);
  }

  resume(host: string): void {
    const waiting = this.#paused.get(host);
    if (waiting === undefined) return;
    this.#paused.delete(host);
    for (const run of waiting) this.timers.after(0, run);
    this.#pumpStalled();
  }

  whenAwake(host: string, run: () => void): void {
    const waiting = this.#paused.get(host);
    if (waiting === undefined) run();
    else waiting.push(run);
  }

  sending(from: string): void {
    this.#onSend?.(from);
  }

  setLatency(latencyMs: { readonly min: number; readonly max: number }): void {
    this.#latency = latencyMs;
  }

  setStragglers(rate: number, maxMs: number): void {
    this.#stragglers = { rate, maxMs };
  }

  hurryStragglers(): void {
    for (const wire of this.straggling) wire.hurry();
    this.straggling.clear();
  }

  latencyMs(): number {
    const { rate, maxMs } = this.#stragglers;
    if (rate > 0 && this.#random.chance(rate)) return this.#random.fraction() * maxMs;
    return this.#usualMs();
  }

  isBlocked(from: string, to: string): boolean {
    if (this.#blocked.size === 0 && this.#paused.size === 0) return false;
    return this.#paused.has(to) || this.#blocked.has(`${from}>${to}`);
  }

  stalled(wire: MemoryWire): void {
    this.#stalled.add(wire);
  }

  isLost(): boolean {
    return this.#lossRate > 0 && this.#random.chance(this.#lossRate);
  }

  delivered(delivery: Delivery): void {
    this.#observe(delivery);
  }

  #pumpStalled(): void {
    const wires = this.#stalled;
    this.#stalled = new Set();
    for (const wire of wires) this.timers.after(this.#usualMs(), () => wire.pump());
  }

  #usualMs(): number {
    const { min, max } = this.#latency;
    return min + this.#random.fraction() * (max - min);
  }

  #server(life: NetworkLife, endpoint: Endpoint): MemoryServer {
    const key = endpointText(endpoint);
    const listener = { life, unary: new Map<string, UnaryHandler>(), streams: new Map<string, StreamAcceptor>() };
    return {
      endpoint,
      unary: (method, handler) => void listener.unary.set(method, handler),
      stream: (method, accept) => void listener.streams.set(method, accept),
      start: () => {
        invariant(life.alive, 'a dead process cannot listen', { key });
        invariant(!this.listeners.has(key), 'the port is taken', { key });
        this.listeners.set(key, listener);
      },
      stop: () => {
        this.#stopListening((other) => other === listener);
        for (const exchange of [...this.exchanges]) if (exchange.serverLife === life) exchange.reset();
      },
    };
  }

  #stopListening(isConcerned: (listener: MemoryListener) => boolean): void {
    for (const [key, listener] of [...this.listeners]) if (isConcerned(listener)) this.listeners.delete(key);
  }
}

/** An empty network in memory. */
export function createMemoryNetwork(options: MemoryNetworkOptions): MemoryNetwork {
  return new SimulatedNetwork(options);
}
