import { noMeter, noTracer, type Logger, type Platform } from '@milena/platform';
import {
  createMemoryDisk,
  createMemoryStateStores,
  createProcessTime,
  type CrashMode,
  type MemoryDisk,
  type MemoryStateStores,
  type NetworkProcess,
  type ProcessTime,
} from '@milena/platform/testing';
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
  /** Starts the machine's service in a new life. */
  start(life: ProcessLife): void;
}

/** A machine with a disk that survives and a process that may crash and be started again. */
export class Machine {
  readonly disk: MemoryDisk;
  readonly stateStores: MemoryStateStores;
  readonly host: string;
  #life: { readonly time: ProcessTime; readonly network: NetworkProcess; alive: boolean } | undefined;
  #lives = 0;

  constructor(private readonly options: MachineOptions) {
    const { world, host, syncLatencyMs } = options;
    this.host = host;
    this.disk = createMemoryDisk({
      timers: world.time.timers,
      random: world.random.fork(`disk ${host}`),
      syncLatencyMs,
    });
    this.stateStores = createMemoryStateStores({
      timers: world.time.timers,
      random: world.random.fork(`state stores ${host}`),
      latencyMs: { min: 0, max: syncLatencyMs.min },
    });
  }

  get isRunning(): boolean {
    return this.#life !== undefined;
  }

  /** Starts the service; nothing happens when it runs. */
  start(): void {
    if (this.#life !== undefined) return;
    const { world, host, logger } = this.options;
    this.#lives += 1;
    world.note(`start ${host}`);
    const time = createProcessTime({ clock: world.time.clock, timers: world.time.timers });
    const life = { time, network: world.network.join(host), alive: true };
    this.#life = life;
    const random = world.random.fork(`${host} life ${this.#lives}`);
    const { clock, timers } = time;
    const { disk, stateStores } = this;
    const outputs = { logger, tracer: noTracer, meter: noMeter };
    const platform: Platform = { clock, timers, random, disk, stateStores, ...outputs };
    this.options.start({ platform, network: life.network, isAlive: () => life.alive });
  }

  /** kill -9 (`keep`), or a power cut (`lose-unsynced`, `tear`); nothing happens when the machine is down. */
  crash(mode: CrashMode): void {
    const life = this.#life;
    if (life === undefined) return;
    this.options.world.note(`crash ${this.host} ${mode}`);
    this.#life = undefined;
    life.alive = false;
    life.time.end();
    life.network.crash();
    this.disk.crash(mode);
    this.stateStores.crash(mode);
  }
}
