import { noMeter, noTracer, type Logger, type Platform } from '@milena/platform';
import {
  createMemoryDisk,
  createMemoryStateStores,
  createPausableTimers,
  createProcessTime,
  type CrashMode,
  type MemoryDisk,
  type MemoryStateStores,
  type NetworkProcess,
  type PausableTimers,
  type ProcessTime,
} from '@milena/platform/testing';
import { DiskDecay } from './faults/disk-decay';
import { DiskTrouble } from './faults/disk-trouble';
import type { SyncedFile } from './faults/fault-action';
import { TRUE_CLOCK, type ClockError } from './faults/fault-mix';
import { ViolationFound } from './violation';
import type { World } from './world';

/** One life of a process on a machine: what it may touch, and nothing that outlives it but the disk. */
export interface ProcessLife {
  readonly platform: Platform;
  readonly network: NetworkProcess;
  /** False once the process is gone. */
  isAlive(): boolean;
}

/** What a machine is. */
export interface MachineOptions {
  readonly world: World;
  readonly host: string;
  /** Bounds of the time one sync takes, milliseconds. */
  readonly syncLatencyMs: { readonly min: number; readonly max: number };
  readonly logger: Logger;
  /** How its clocks are off; right unless said otherwise. */
  readonly clockError?: ClockError;
  /** Starts the machine's service in a new life. */
  start(life: ProcessLife): void;
  /** A file is about to get another name than `path`. */
  onRename?(path: string): void;
  /** Something of its disk is about to decay. */
  onDecay?(): void;
}

/** A machine with a disk that survives and a process that may crash, be stopped for a while, and be started again. */
export class Machine {
  readonly disk: MemoryDisk;
  readonly stateStores: MemoryStateStores;
  /** What of its disk is not what was written. */
  readonly decay: DiskDecay;
  readonly host: string;
  readonly #pausable: PausableTimers;
  readonly #trouble: DiskTrouble;
  #life: { readonly time: ProcessTime; readonly network: NetworkProcess; alive: boolean } | undefined;
  #lives = 0;
  #pausedUntil = 0;
  #jumpedMs = 0;
  #onEffect: ((effect: string) => void) | undefined;
  #isInRepair = false;

  constructor(private readonly options: MachineOptions) {
    const { world, host, syncLatencyMs } = options;
    this.host = host;
    this.#pausable = createPausableTimers(world.time.timers);
    const { timers } = this.#pausable;
    this.disk = createMemoryDisk({
      timers,
      random: world.random.fork(`disk ${host}`),
      syncLatencyMs,
      onChange: (operation, path) => {
        this.#onEffect?.(operation);
        if (operation === 'fdatasync') this.#trouble.syncBegins(path);
        if (operation === 'rename') options.onRename?.(path);
        if (operation === 'rename' || operation === 'removeFile') this.decay.fileGoes(path);
      },
    });
    this.stateStores = createMemoryStateStores({
      timers,
      random: world.random.fork(`state stores ${host}`),
      latencyMs: { min: 0, max: syncLatencyMs.min },
    });
    this.decay = new DiskDecay(this, world, () => options.onDecay?.());
    this.#trouble = new DiskTrouble(this, world, this.decay);
    world.onSend((from) => {
      if (from === host) this.#onEffect?.('send');
    });
  }

  get isRunning(): boolean {
    return this.#life !== undefined;
  }

  /** Whether it is running and not stopped. */
  get isAwake(): boolean {
    return this.#life !== undefined && !this.#pausable.isPaused;
  }

  /** When it was last woken, virtual milliseconds; 0 when it never was. */
  get wokenAtMs(): number {
    return this.#pausedUntil;
  }

  /** Since when it is awake and its disk ends syncs, virtual milliseconds: now when it does not. */
  get worksSinceMs(): number {
    return Math.max(this.#pausedUntil, this.#trouble.syncsSinceMs);
  }

  /** Sees each change of the disk and each message before it is made. A crash made here leaves the effect out. */
  watchEffects(observer: ((effect: string) => void) | undefined): void {
    this.#onEffect = observer;
  }

  /** Starts the service; nothing happens when it runs. */
  start(): void {
    if (this.#life !== undefined || this.#isInRepair || this.decay.isRefused) return;
    const { world, host, logger } = this.options;
    const { rate, ...clockError } = this.options.clockError ?? TRUE_CLOCK;
    const wallOffsetMs = clockError.wallOffsetMs + this.#jumpedMs;
    this.#lives += 1;
    world.note(`start ${host}`);
    const time = createProcessTime({ clock: world.time.clock, timers: this.#pausable.timers, wallOffsetMs, rate });
    const life = { time, network: world.network.join(host), alive: true };
    this.#life = life;
    const random = world.random.fork(`${host} life ${this.#lives}`);
    const { clock, timers } = time;
    const { stateStores } = this;
    const disk = this.#trouble.seenByProcess(this.disk);
    const outputs = { logger, tracer: noTracer, meter: noMeter };
    const platform: Platform = { clock, timers, random, disk, stateStores, ...outputs };
    this.options.start({ platform, network: life.network, isAlive: () => life.alive });
  }

  /** kill -9 (`keep`), or a power cut (the other modes); nothing happens when the machine is down. */
  crash(mode: CrashMode): void {
    const life = this.#life;
    if (life === undefined) return;
    this.options.world.note(`crash ${this.host} ${mode}`);
    this.resume();
    this.#life = undefined;
    life.alive = false;
    life.time.end();
    life.network.crash();
    this.disk.crash(mode);
    this.stateStores.crash(mode);
    this.#trouble.ended();
    this.decay.ended();
  }

  /** Somebody works on the machine: it is down until `work` is done, and then starts. Nothing happens while one does. */
  async repair(work: () => Promise<void>): Promise<void> {
    if (this.#isInRepair) return;
    this.crash('lose-unsynced');
    this.#isInRepair = true;
    await work();
    this.#isInRepair = false;
    this.start();
  }

  /** Stops the process without telling anybody (SIGSTOP): its connections stay, and nothing of it runs. */
  pause(): void {
    if (this.#life === undefined || this.#pausable.isPaused) return;
    this.options.world.note(`pause ${this.host}`);
    this.#pausable.pause();
    this.options.world.network.pause(this.host);
  }

  /** Wakes the process (SIGCONT). */
  resume(): void {
    if (!this.#pausable.isPaused) return;
    this.options.world.note(`resume ${this.host}`);
    this.#pausedUntil = this.options.world.time.nowMs();
    this.#pausable.resume();
    this.options.world.network.resume(this.host);
  }

  /** Somebody sets the wall clock of the machine. */
  jumpClock(byMs: number): void {
    this.options.world.note(`jump the clock of ${this.host}`);
    this.#jumpedMs += byMs;
    this.#life?.time.jump(byMs);
  }

  /** The next sync of such a file fails: the process must stop, unless it can do without the file. */
  failNextSync(file: SyncedFile): void {
    if (this.#life !== undefined) this.#trouble.failNextSync(file);
  }

  /** The next read of such a file fails: the process must stop, unless it can do without what it wanted to read. */
  failNextRead(file: SyncedFile): void {
    if (this.#life !== undefined) this.#trouble.failNextRead(file);
  }

  /** The disk hangs: no sync ends for so long. */
  stallDisk(forMs: number): void {
    if (this.#life !== undefined) this.#trouble.stall(forMs);
  }

  /** The disk takes only so many bytes more: the process must stop when it needs more than that. */
  fillDisk(freeBytes: number): void {
    if (this.#life !== undefined) this.#trouble.fill(freeBytes);
  }

  /**
   * A process says that it cannot go on. Where the trouble of its disk asks for that it is gone, and started again when the
   * trouble is over; nothing else that the faults do may end one.
   */
  ends({ isAlive }: Pick<ProcessLife, 'isAlive'>, error: unknown): void {
    if (!isAlive() || error instanceof ViolationFound || this.#trouble.explains(error)) return;
    const what = error instanceof Error ? error.stack : String(error);
    this.options.world.report('S4 no fatal error', `${this.host}: ${what}`);
  }

  /** Ends pauses and troubles of the disk; what is damaged stays so. */
  heal(): void {
    this.resume();
    this.#trouble.heal();
  }
}
