import { MalformedInput } from '@milena/bytes';
import { errorInfo, type Failure } from '@milena/model';
import type { ChannelFailure, ChannelStream, StreamHandlers } from '../channel';
import { MemoryWire, type WireRules } from './memory-wire';

/** One run of a simulated process, from joining the network to its crash. */
export interface NetworkLife {
  readonly host: string;
  alive: boolean;
}

/** A message as it is delivered, for traces and hashes of a run. */
export interface Delivery {
  readonly from: string;
  readonly to: string;
  readonly method: string;
  readonly bytes: Uint8Array;
}

/** What an exchange needs of its network. */
export interface ExchangeRules extends WireRules {
  /** Unsent bytes of one direction past which a stream is cancelled; one message alone may be longer. */
  readonly maxQueuedBytes: number;
  /** Sees that a host is about to send; a crash of it made here comes in time. */
  sending(from: string): void;
  /** Runs now, or once the host is awake again. */
  whenAwake(host: string, run: () => void): void;
  /** Whether the message about to be sent is lost. */
  isLost(): boolean;
  delivered(delivery: Delivery): void;
}

const RESET: ChannelFailure = { reason: 'reset', message: 'the connection broke' };
const CANCELLED: ChannelFailure = { reason: 'cancelled', message: 'cancelled' };

/** One call or stream between a caller and a server: two wires and the handlers at their ends. */
export class MemoryExchange {
  readonly #up: MemoryWire;
  readonly #down: MemoryWire;
  #caller: StreamHandlers | undefined;
  #server: StreamHandlers | undefined;
  #serverLife: NetworkLife | undefined;
  #callerSends = true;
  #serverSends = true;

  constructor(
    readonly rules: ExchangeRules,
    readonly method: string,
    readonly callerLife: NetworkLife,
    readonly serverHost: string,
    caller: StreamHandlers,
    /** Called when neither end expects anything more. */
    readonly onDone: () => void,
  ) {
    this.#caller = caller;
    this.#up = new MemoryWire(rules, callerLife.host, serverHost);
    this.#down = new MemoryWire(rules, serverHost, callerLife.host);
  }

  get serverLife(): NetworkLife | undefined {
    return this.#serverLife;
  }

  /** Sends the request to open; `accept` runs at the server. */
  open(needsBothWays: boolean, accept: () => void): void {
    this.#up.send({ bytes: 0, needsBothWays, deliver: accept });
  }

  /** A process took the call; `server` gets what the caller sends from now on, undefined for a unary call. */
  accepted(life: NetworkLife, server?: StreamHandlers): void {
    this.#serverLife = life;
    this.#server = server;
  }

  /** The sending half of the caller. */
  readonly callerStream: ChannelStream = {
    send: (message) => {
      this.rules.sending(this.callerLife.host);
      if (this.#callerSends && this.callerLife.alive) this.#sendUp(message);
    },
    end: () => {
      if (!this.#callerSends) return;
      this.#callerSends = false;
      this.#up.send({ bytes: 0, deliver: () => this.#closeServer(undefined) });
    },
    cancel: () => this.cancelByCaller(CANCELLED),
  };

  /** The sending half of the server. */
  readonly serverStream: ChannelStream = {
    send: (message) => {
      this.rules.sending(this.serverHost);
      if (this.#serverSends && this.#serverLife?.alive === true) this.#sendDown(message);
    },
    end: () => {
      this.#later(() => this.#closeServer(undefined));
      this.complete(undefined);
    },
    cancel: () => this.cancelByServer(CANCELLED),
  };

  /** The server's last word: the call is over for the caller, after what was sent before. */
  complete(failure: ChannelFailure | undefined): void {
    if (!this.#serverSends) return;
    this.#serverSends = false;
    this.#down.send({ bytes: 0, deliver: () => this.closeCaller(failure) });
  }

  /** Ends the call from the caller's side, whose handlers see `failure`. */
  cancelByCaller(failure: ChannelFailure): void {
    this.#callerSends = false;
    const caller = this.#caller;
    if (caller === undefined) return;
    this.#caller = { onMessage() {}, onClosed: (reason) => caller.onClosed(reason) };
    this.#up.send({ bytes: 0, deliver: () => this.#closeServer(CANCELLED) });
    this.#later(() => this.closeCaller(failure));
  }

  /** Ends the call from the server's side, whose handlers see `failure`; the caller sees `told`. */
  cancelByServer(failure: ChannelFailure, told: ChannelFailure = RESET): void {
    const server = this.#server;
    if (server !== undefined) this.#server = { onMessage() {}, onClosed: (reason) => server.onClosed(reason) };
    this.#later(() => this.#closeServer(failure));
    this.complete(told);
  }

  /** The connection broke: both ends see it, each after a time of its own; what was under way is lost. */
  reset(): void {
    this.#up.clear();
    this.#down.clear();
    this.#callerSends = false;
    this.#serverSends = false;
    this.rules.timers.after(this.rules.latencyMs(), () => this.closeCaller(RESET));
    this.rules.timers.after(this.rules.latencyMs(), () => this.#closeServer(RESET));
  }

  /** A process at one end died: what it sent before still arrives, and then the other end sees the connection break. */
  processDied(life: NetworkLife): void {
    if (life === this.callerLife) {
      this.#up.send({ bytes: 0, deliver: () => this.#closeServer(RESET) });
      this.closeCaller(RESET);
    }
    if (life === this.#serverLife) {
      this.complete(RESET);
      this.#closeServer(RESET);
    }
  }

  /** Tells the caller that the call is over, once. */
  closeCaller(failure: ChannelFailure | undefined): void {
    const caller = this.#caller;
    this.#caller = undefined;
    this.#callerSends = false;
    if (caller === undefined) return;
    if (this.#server === undefined) this.onDone();
    this.rules.whenAwake(this.callerLife.host, () => {
      if (this.callerLife.alive) caller.onClosed(failure);
    });
  }

  #closeServer(failure: ChannelFailure | undefined): void {
    const server = this.#server;
    this.#server = undefined;
    if (failure !== undefined) this.#serverSends = false;
    if (server === undefined) return;
    if (this.#caller === undefined) this.onDone();
    this.rules.whenAwake(this.serverHost, () => {
      if (this.#serverLife?.alive === true) server.onClosed(failure);
    });
  }

  #sendUp(message: Uint8Array): void {
    if (this.rules.isLost()) return this.reset();
    const { from, to, queuedBytes } = this.#up;
    if (queuedBytes > 0 && queuedBytes + message.length > this.rules.maxQueuedBytes)
      return this.cancelByCaller(this.#tooMuchQueued());
    this.#up.send({
      bytes: message.length,
      deliver: () => {
        if (this.#server === undefined || this.#serverLife?.alive !== true) return;
        const bytes = Buffer.from(message);
        this.rules.delivered({ from, to, method: this.method, bytes });
        try {
          this.#server.onMessage(bytes);
        } catch (error) {
          if (!(error instanceof MalformedInput)) throw error;
          this.cancelByServer(CANCELLED, invalidRequest(error));
        }
      },
    });
  }

  #sendDown(message: Uint8Array): void {
    if (this.rules.isLost()) return this.reset();
    const { from, to, queuedBytes } = this.#down;
    if (queuedBytes > 0 && queuedBytes + message.length > this.rules.maxQueuedBytes)
      return this.cancelByServer(this.#tooMuchQueued());
    this.#down.send({
      bytes: message.length,
      deliver: () => {
        if (this.#caller === undefined || !this.callerLife.alive) return;
        const bytes = Buffer.from(message);
        this.rules.delivered({ from, to, method: this.method, bytes });
        try {
          this.#caller.onMessage(bytes);
        } catch (error) {
          if (!(error instanceof MalformedInput)) throw error;
          this.cancelByCaller({ reason: 'cancelled', message: error.message });
        }
      },
    });
  }

  #tooMuchQueued(): ChannelFailure {
    return { reason: 'cancelled', message: `more than ${this.rules.maxQueuedBytes} bytes wait to be sent` };
  }

  #later(run: () => void): void {
    this.rules.timers.after(0, run);
  }
}

/** How a handler's Failure looks to the caller. */
export function statusOf(failure: Failure): ChannelFailure {
  return { reason: 'status', status: errorInfo(failure.code).grpcStatus, failure, message: failure.message };
}

/** What a caller sees whose message could not be read. */
export function invalidRequest({ message }: MalformedInput): ChannelFailure {
  return statusOf({ code: 'INVALID_REQUEST', message });
}
