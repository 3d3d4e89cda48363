import type { Connector, Logger } from '@milena/platform';
import {
  createMemoryNetwork,
  createSeededRandom,
  createVirtualTime,
  type Delivery,
  type MemoryNetwork,
  type SeededRandom,
  type VirtualTime,
} from '@milena/platform/testing';
import { Choices } from './choices/choices';
import type { Script } from './choices/script';
import { EventHash } from './event-hash';
import type { RareState } from './rare-states';
import { ViolationFound, type Violation } from './violation';
import { createWorldLogger, type LogSink } from './world-log';

/** What all machines of a run share: time, randomness, the network, and the record of what happened. */
export interface World {
  readonly time: VirtualTime;
  readonly random: SeededRandom;
  /** What was decided, by name: everything a reader would call a decision goes through it. */
  readonly choices: Choices;
  readonly network: MemoryNetwork;
  readonly hash: EventHash;
  /** Logger of all nodes; its lines carry virtual time. */
  readonly logger: Logger;
  /** Connector of the outside: clients that never crash. */
  readonly outside: Connector;
  /** Called for every message as it is delivered. */
  onDelivery(observer: (delivery: Delivery) => void): void;
  /** Called with the host of whoever is about to send. */
  onSend(observer: (from: string) => void): void;
  /** Notes that a rare state was reached; `marks` holds the names. */
  mark(name: RareState): void;
  readonly marks: ReadonlySet<RareState>;
  /** The first broken promise; the run ends at the event after which it is set. */
  readonly violation: Violation | undefined;
  /** Reports a broken promise; the run ends after this event. */
  report(invariant: string, message: string): void;
  /** Reports a broken promise and leaves the code under test by an exception. */
  violated(invariant: string, message: string): never;
  /** Takes an event into the hash that is not a message, e.g. a crash. */
  note(kind: string): void;
}

const NO_BYTES = new Uint8Array(0);

/** Settings of a world besides its seed. */
export interface WorldOptions {
  /** Sees what the nodes log. */
  readonly onLog?: LogSink;
  /** Decisions to take over; the seed draws them all unless given. */
  readonly script?: Script;
}

/** A world that its seed, and the script if there is one, decide entirely. */
export function createWorld(seed: number, { onLog, script }: WorldOptions = {}): World {
  const time = createVirtualTime();
  const random = createSeededRandom(seed);
  const hash = new EventHash();
  const logger = createWorldLogger(() => time.nowMs(), onLog);
  const observers: ((delivery: Delivery) => void)[] = [];
  const senders: ((from: string) => void)[] = [];
  const marks = new Set<RareState>();
  const network = createMemoryNetwork({
    clock: time.clock,
    timers: time.timers,
    random: random.fork('network'),
    latencyMs: { min: 0.1, max: 2 },
    keepAliveMs: 3000,
    connectTimeoutMs: 1000,
    onSend: (from) => {
      for (const observe of senders) observe(from);
    },
    observe: (delivery) => {
      hash.add(time.nowMs(), `${delivery.from}>${delivery.to}${delivery.method}`, delivery.bytes);
      for (const observe of observers) observe(delivery);
    },
  });
  let violation: Violation | undefined;
  return {
    get violation() {
      return violation;
    },
    time,
    random,
    choices: new Choices(time, script),
    network,
    hash,
    logger,
    outside: network.join('outside').connector,
    onDelivery: (observer) => void observers.push(observer),
    onSend: (observer) => void senders.push(observer),
    mark: (name) => void marks.add(name),
    marks,
    report: (invariant, message) => {
      violation ??= { invariant, message, atMs: time.nowMs() };
    },
    violated: (invariant, message) => {
      // Kept besides being thrown: servers turn an exception of a listener into a fatal error of theirs.
      violation ??= { invariant, message, atMs: time.nowMs() };
      throw new ViolationFound(violation);
    },
    note: (kind) => {
      hash.add(time.nowMs(), kind, NO_BYTES);
      logger.info(kind, { host: 'world' });
    },
  };
}
