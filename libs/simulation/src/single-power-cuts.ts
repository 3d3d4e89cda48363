import type { MetadataImage } from '@milena/metadata';
import type { SeededRandom } from '@milena/platform/testing';
import type { ChoiceStream } from './choices/choice-stream';
import type { BrokerNode } from './nodes/broker-node';
import type { World } from './world';

const LOOK_EVERY_MS = 100;

/** The power of a broker goes, and comes back after `downMs`. */
interface PowerCut {
  readonly do: 'crash';
  readonly host: string;
  readonly mode: 'lose-unsynced' | 'tear';
  readonly downMs: number;
}

/** What single power cuts need. */
export interface SinglePowerCutsOptions {
  readonly world: World;
  readonly brokers: readonly BrokerNode[];
  /** Newest committed metadata of the cluster. */
  image(): MetadataImage;
}

/**
 * Cuts the power of one broker at a time, and only while every replica of every partition is in sync: more than that
 * Kafka does not promise to survive without syncing.
 */
export class SinglePowerCuts {
  readonly #random: SeededRandom;
  readonly #stream: ChoiceStream<PowerCut>;
  /** The last victim and the broker epoch it had: it must be in sync again in a later one. */
  #victim: { readonly nodeId: number; readonly epoch: number } | undefined;
  #healed = false;

  constructor(private readonly options: SinglePowerCutsOptions) {
    this.#random = options.world.random.fork('power cuts');
    this.#stream = options.world.choices.stream('power cuts');
  }

  start(): void {
    this.options.world.time.timers.after(LOOK_EVERY_MS, () => {
      if (this.#healed) return;
      const cut = this.#stream.due(() => (this.#random.chance(0.3) && this.#allInSync() ? this.#draw() : undefined));
      if (cut !== undefined && (!this.#stream.isScripted || this.#allInSync())) this.#perform(cut);
      this.start();
    });
  }

  heal(): void {
    this.#healed = true;
    for (const { machine } of this.options.brokers) machine.start();
  }

  #allInSync(): boolean {
    const image = this.options.image();
    const victim = this.#victim;
    if (victim !== undefined && (image.broker(victim.nodeId)?.epoch ?? -1) <= victim.epoch) return false;
    if (this.options.brokers.some(({ machine }) => !machine.isRunning)) return false;
    for (const topic of image.topics()) {
      for (let index = 0; index < topic.partitionCount; index += 1) {
        const state = topic.partition(index);
        if (state === undefined || state.isr.length < state.replicas.length) return false;
      }
    }
    return true;
  }

  #draw(): PowerCut | undefined {
    const { brokers } = this.options;
    const host = brokers[this.#random.below(brokers.length)]?.machine.host;
    const mode = this.#random.chance(0.5) ? 'lose-unsynced' : 'tear';
    const downMs = this.#random.chance(0.3) ? 1 : this.#random.below(3000);
    return host === undefined ? undefined : { do: 'crash', host, mode, downMs };
  }

  #perform({ host, mode, downMs }: PowerCut): void {
    const { brokers, world } = this.options;
    const broker = brokers.find(({ machine }) => machine.host === host);
    if (broker === undefined) return;
    const { nodeId, machine } = broker;
    this.#victim = { nodeId, epoch: this.options.image().broker(nodeId)?.epoch ?? -1 };
    machine.crash(mode);
    world.time.timers.after(downMs, () => machine.start());
  }
}
