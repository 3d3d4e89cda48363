import {
  decodeCoordinatorRecord,
  encodeCoordinatorRecord,
  GroupCoordinator,
  type CoordinatorRecord,
  type GroupEvent,
  type GroupsImage,
  type GroupSettings,
  type KeyedBytes,
  type Moment,
  type RequestedWrite,
  type Respond,
} from '@milena/coordinator';
import { success } from '@milena/model';
import { DeadlineTimer, noTracer, type Platform } from '@milena/platform';
import { createReplicatedState, type ReplicatedState } from '@milena/replicated-state';
import type { Partition } from '../partition';
import type { PlantedBugs } from '../planted-bugs';
import { CoordinatorLog, type CoordinatorLogOptions } from './coordinator-log';
import { newMemberId } from './member-id';

/** Writes of one partition that may wait to be committed. */
const WRITES_MAX = 10_000;

/** What the coordinators of a broker have in common. */
export interface CoordinatorParts {
  readonly platform: Platform;
  readonly settings: GroupSettings;
  /** `offsets.commit.timeout.ms` */
  readonly commitTimeoutMs: number;
  /** Appends to a partition if this broker leads it in the epoch. */
  readonly append: (
    partition: Partition,
    ...appended: Parameters<CoordinatorLogOptions['append']>
  ) => ReturnType<CoordinatorLogOptions['append']>;
  readonly count: (event: GroupEvent, amount: number) => void;
  /** For simulators only. */
  readonly plantedBugs: PlantedBugs;
}

/** A way to ask the coordinator something that it may answer later. */
export type Ask<Response> = (groups: GroupCoordinator, now: Moment, respond: Respond<Response>) => void;

/** The coordinator of one partition, at work: the groups, what is kept of them, and the timer of their deadlines. */
export class ActiveCoordinator {
  readonly groups: GroupCoordinator;
  readonly #log: CoordinatorLog;
  readonly #kept: ReplicatedState<GroupsImage, CoordinatorRecord, KeyedBytes, KeyedBytes>;
  readonly #timer: DeadlineTimer;

  constructor(
    private readonly parts: CoordinatorParts,
    private readonly partition: Partition,
    /** Everything that was committed before this broker's epoch. */
    image: GroupsImage,
  ) {
    const { platform, settings, append, count } = parts;
    const { clock, logger, random, timers } = platform;
    this.#log = new CoordinatorLog({ clock, append: (epoch, batches) => append(partition, epoch, batches) });
    this.#kept = createReplicatedState({
      name: 'group-coordinator',
      machine: {
        initial: image,
        replay: (groups, { records }) => groups.replay(records),
        encode: encodeCoordinatorRecord,
        decode: decodeCoordinatorRecord,
      },
      log: this.#log,
      // Clients look for the next coordinator and ask again; every request to a coordinator may be made twice.
      failures: { notLeading: 'NOT_COORDINATOR', outcomeUnknown: 'NOT_COORDINATOR' },
      timers,
      tracer: noTracer,
      maxParked: WRITES_MAX,
    });
    this.groups = new GroupCoordinator({
      settings,
      logger,
      image: () => this.#kept.latest,
      newMemberId: (prefix) => newMemberId(prefix, random),
      outputs: { write: (write) => this.#write(write), count },
    });
    this.#timer = new DeadlineTimer({
      clock,
      timers,
      nextMs: () => this.groups.nextDeadlineMs,
      onDue: () => this.groups.advance(this.#now()),
    });
  }

  /** What can no longer be lost. */
  get committed(): GroupsImage {
    return this.#kept.committed;
  }

  /** Begins to lead. */
  start(leaderEpoch: number): void {
    this.#kept.onLeader(leaderEpoch);
    this.groups.load(this.#now());
    this.#timer.schedule();
  }

  /** Goes on leading, in a higher epoch: members and whoever waits notice nothing. */
  continueIn(leaderEpoch: number): void {
    this.#kept.onNextEpoch(leaderEpoch);
  }

  /** Asks; the answer may take until the next generation of a group. */
  ask<Response>(question: Ask<Response>): Promise<Response> {
    return new Promise((resolve) => {
      question(this.groups, this.#now(), resolve);
      this.#timer.schedule();
    });
  }

  /** The high watermark moved. */
  highWatermarkMoved(): void {
    for (const batch of this.#log.takeCommitted(this.partition.highWatermark)) this.#kept.onCommitted(batch);
  }

  topicsDeleted(topics: readonly string[]): void {
    this.groups.topicsDeleted(topics, this.#now());
    this.#timer.schedule();
  }

  /** Ends: whoever waits is told to look for the next coordinator. */
  close(): void {
    this.#timer.close();
    this.groups.close(this.#now());
    this.#kept.onResigned();
  }

  #write({ operation, records, settled }: RequestedWrite): void {
    const timeoutMs = this.parts.commitTimeoutMs;
    const written = this.#kept.submit(() => ({ records, respond: () => undefined }), { operation, timeoutMs });
    const isHasty = this.parts.plantedBugs.answerCommitsBeforeHighWatermark === true;
    void (isHasty ? Promise.resolve(success(undefined)) : written).then((outcome) => {
      settled(outcome.ok ? undefined : outcome.error.code, this.#now());
      this.#timer.schedule();
    });
    // Without followers the high watermark has moved inside the append, before the state knew of its batch.
    this.highWatermarkMoved();
  }

  #now(): Moment {
    const { clock } = this.parts.platform;
    return { monotonicMs: clock.monotonicMs(), wallMs: clock.wallMs() };
  }
}
