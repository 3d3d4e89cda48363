import { failure, invariant, type Offset, type Result } from '@milena/model';
import type { Timers, TraceContext, Tracer } from '@milena/platform';
import type { LeadershipFailures } from './leadership-failures';
import { ParkedResponses } from './parked-responses';
import type { CommittedValues, Decision, ReplicatedLog, StateMachine } from './state-machine';

/** What a replicated state is built from. */
export interface ReplicatedStateOptions<State, R, Written = Uint8Array, Read = Buffer> {
  /** Prefix of span names: `controller` gives `controller.decide`, `.append` and `.commit`. */
  readonly name: string;
  readonly machine: StateMachine<State, R, Written, Read>;
  readonly log: ReplicatedLog<Written>;
  readonly failures: LeadershipFailures;
  readonly timers: Timers;
  readonly tracer: Tracer;
  /** Bound of answers waiting and of batches appended but not committed; past it requests are refused. */
  readonly maxParked: number;
}

/** Settings of one request. */
export interface SubmitOptions {
  /** What is being decided, for spans. */
  readonly operation: string;
  /** How long the answer may wait for commitment. */
  readonly timeoutMs: number;
  /** The span that caused the request. */
  readonly trace?: TraceContext;
}

/** A state reached by an append of ours, waiting to become the committed one. */
interface PendingState<State> {
  readonly lastOffset: Offset;
  readonly state: State;
}

/**
 * Hosts one replicated state machine: decide -> append -> replay -> respond.
 *
 * On the leader a request is decided against the latest state, uncommitted records included; its records are appended
 * and replayed at once, and the answer waits until they are committed. A decision without records waits too, for
 * whatever uncommitted records it was built on: an answer never tells of a state that could still be lost. On resigning,
 * the latest state rolls back to the committed one, which costs nothing because states are persistent values. A follower
 * replays what is committed, so that it takes over without loading anything.
 */
export class ReplicatedState<State, R, Written = Uint8Array, Read = Buffer> {
  readonly #options: ReplicatedStateOptions<State, R, Written, Read>;
  readonly #parked: ParkedResponses;
  #committed: State;
  #latest: State;
  #pending: PendingState<State>[] = [];
  #epoch: number | undefined;

  constructor(options: ReplicatedStateOptions<State, R, Written, Read>) {
    this.#options = options;
    this.#parked = new ParkedResponses(options.timers);
    this.#committed = options.machine.initial;
    this.#latest = options.machine.initial;
  }

  /** The state with everything appended here, committed or not. The same as `committed` on a follower. */
  get latest(): State {
    return this.#latest;
  }

  /** The state as of the last delivered batch: it can no longer be lost. */
  get committed(): State {
    return this.#committed;
  }

  /** The leader epoch while this node leads and may decide, else undefined. */
  get epoch(): number | undefined {
    return this.#epoch;
  }

  /** Answers now waiting for commitment. */
  get parked(): number {
    return this.#parked.size;
  }

  /**
   * Decides at once and answers when the outcome is certain. Failures: those of lost leadership, THROTTLING_QUOTA_EXCEEDED
   * (too many wait; nothing was appended), REQUEST_TIMED_OUT (it may still take effect), and what the log's append says.
   */
  submit<Response>(decide: (state: State) => Decision<R, Response>, options: SubmitOptions): Promise<Result<Response>> {
    const epoch = this.#epoch;
    if (epoch === undefined)
      return Promise.resolve(failure(this.#options.failures.notLeading, 'this node does not lead'));
    if (Math.max(this.#parked.size, this.#pending.length) >= this.#options.maxParked) {
      return Promise.resolve(failure('THROTTLING_QUOTA_EXCEEDED', 'too many changes wait to be committed'));
    }
    const decision = this.#traced('decide', options, () => decide(this.#latest));
    if (decision.records.length > 0) return this.#append(epoch, decision, options);
    const builtOn = this.#pending.at(-1);
    if (builtOn === undefined) return Promise.resolve({ ok: true, value: decision.respond(undefined) });
    return this.#parked.park({ offset: builtOn.lastOffset, appended: false, timeoutMs: options.timeoutMs }, () =>
      decision.respond(undefined),
    );
  }

  /** The log begins with a snapshot, or jumped to one: `state` is what the snapshot says. Never while this node leads. */
  onSnapshot(state: State): void {
    invariant(this.#epoch === undefined && this.#pending.length === 0, 'a leader is never behind a snapshot');
    this.#committed = state;
    this.#latest = state;
  }

  /** The log committed a batch, whoever wrote it. */
  onCommitted(batch: CommittedValues<Read>): void {
    const next = this.#pending[0];
    if (next === undefined) {
      const { machine } = this.#options;
      const records = batch.records.map((value) => machine.decode(value));
      this.#committed = machine.replay(this.#committed, { records, baseOffset: batch.baseOffset, epoch: batch.epoch });
      this.#latest = this.#committed;
    } else {
      invariant(next.lastOffset === batch.lastOffset, 'a leader sees its own batches committed in order', {
        expected: next.lastOffset,
        committed: batch.lastOffset,
      });
      this.#committed = next.state;
      this.#pending.shift();
    }
    this.#parked.releaseUpTo(batch.lastOffset);
  }

  /** This node leads `epoch` and everything before that epoch has been delivered. */
  onLeader(epoch: number): void {
    invariant(this.#pending.length === 0, 'a new leader starts from the committed state', { epoch });
    this.#epoch = epoch;
  }

  /**
   * The leader goes on in a higher epoch without anybody having led in between: its log is the same, so what is not
   * committed yet still will be, and whoever waits goes on waiting.
   */
  onNextEpoch(epoch: number): void {
    invariant(this.#epoch !== undefined && this.#epoch < epoch, 'only a leader goes on in a higher epoch', {
      epoch,
      before: this.#epoch,
    });
    this.#epoch = epoch;
  }

  /** This node leads no more: what was not committed is forgotten, and comes back only if the next leader has it. */
  onResigned(): void {
    this.#epoch = undefined;
    this.#pending = [];
    this.#latest = this.#committed;
    this.#parked.abandonAll(this.#options.failures);
  }

  #append<Response>(epoch: number, decision: Decision<R, Response>, options: SubmitOptions): Promise<Result<Response>> {
    const { machine, log, tracer, name } = this.#options;
    const { records } = decision;
    const span = tracer.startSpan(`${name}.append`, this.#spanOptions(options, records.length));
    const values = records.map((record) => machine.encode(record));
    const appended = log.append(epoch, values, span.context ?? options.trace);
    span.end(appended.ok ? undefined : appended.error.code);
    if (!appended.ok) return Promise.resolve(appended);
    const { baseOffset, lastOffset } = appended.value;
    this.#latest = machine.replay(this.#latest, { records, baseOffset, epoch });
    this.#pending.push({ lastOffset, state: this.#latest });
    const commit = tracer.startSpan(`${name}.commit`, this.#spanOptions(options, records.length));
    return this.#parked.park(
      { offset: lastOffset, appended: true, timeoutMs: options.timeoutMs, onEnd: (error) => commit.end(error) },
      () => decision.respond(appended.value),
    );
  }

  /** Runs `run` in a span when the request is traced; untraced ones (heartbeats) make none unless they change something. */
  #traced<T>(step: string, options: SubmitOptions, run: () => T): T {
    if (options.trace === undefined) return run();
    const span = this.#options.tracer.startSpan(`${this.#options.name}.${step}`, this.#spanOptions(options));
    try {
      return run();
    } finally {
      span.end();
    }
  }

  #spanOptions({ operation, trace }: SubmitOptions, recordCount?: number) {
    return {
      ...(trace === undefined ? {} : { parent: trace }),
      attributes: { operation, ...(recordCount === undefined ? {} : { records: recordCount }) },
    };
  }
}

/** Makes a replicated state that follows until told to lead. */
export function createReplicatedState<State, R, Written = Uint8Array, Read = Buffer>(
  options: ReplicatedStateOptions<State, R, Written, Read>,
): ReplicatedState<State, R, Written, Read> {
  return new ReplicatedState(options);
}
