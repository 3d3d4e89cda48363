import type { ErrorName } from '@milena/model';
import type { Moment } from './moment';
import type { CoordinatorRecord } from './records/coordinator-record';

/** Takes an answer. */
export type Respond<Response> = (response: Response) => void;

/** Records to append as one atomic batch. */
export interface GroupWrite {
  /** What is being written, for spans and logs. */
  readonly operation: string;
  readonly records: readonly CoordinatorRecord[];
  /** Called once, in a later step: undefined when the records are committed, else why that is not known. */
  settled(error: ErrorName | undefined): void;
}

/** A write as the host gets it; it tells the outcome, and when, once. */
export interface RequestedWrite {
  readonly operation: string;
  readonly records: readonly CoordinatorRecord[];
  settled(error: ErrorName | undefined, now: Moment): void;
}

/** Something that happened, for counters. */
export type GroupEvent = 'completed rebalance' | 'offset commit' | 'offset expiration' | 'offset deletion';

/** What a coordinator asks of its host. */
export interface CoordinatorOutputs {
  /** Appends records and tells when they are committed; never inside this call. */
  write(write: RequestedWrite): void;
  count(event: GroupEvent, amount: number): void;
}

/**
 * What one step brings about, held back until the step is over: whoever is answered or told to write finds the coordinator
 * in a state that is complete.
 */
export class Outbox {
  #effects: (() => void)[] = [];

  constructor(
    private readonly outputs: CoordinatorOutputs,
    /** Runs what follows from an outcome as a step of its own. */
    private readonly inStep: (now: Moment, run: () => void) => void,
  ) {}

  answer<Response>(respond: Respond<Response>, response: Response): void {
    this.#effects.push(() => respond(response));
  }

  write(write: GroupWrite): void {
    const { operation, records } = write;
    const settled: RequestedWrite['settled'] = (error, now) => this.inStep(now, () => write.settled(error));
    this.#effects.push(() => this.outputs.write({ operation, records, settled }));
  }

  count(event: GroupEvent, amount = 1): void {
    this.#effects.push(() => this.outputs.count(event, amount));
  }

  /** Lets out what has gathered, in order. */
  flush(): void {
    const effects = this.#effects;
    this.#effects = [];
    for (const effect of effects) effect();
  }
}
