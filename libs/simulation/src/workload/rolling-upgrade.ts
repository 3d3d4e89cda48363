import { updateFeaturesRpc } from '@milena/cluster-protocol';
import {
  encodeMetadataRecord,
  METADATA_VERSION_FEATURE,
  SUPPORTED_FEATURES,
  type MetadataImage,
  type MetadataRecord,
  type SupportedFeature,
} from '@milena/metadata';
import type { SeededRandom } from '@milena/platform/testing';
import type { ActiveControllerChannel } from '@milena/raft-driver';
import type { Machine } from '../machine';
import type { ChoiceStream } from '../choices/choice-stream';
import type { World } from '../world';
import { callController } from './call-controller';

const ELR_FEATURE = 'eligible.leader.replicas.version';
const FINAL_LEVELS = [
  { name: METADATA_VERSION_FEATURE, level: 28 },
  { name: ELR_FEATURE, level: 1 },
] as const;
/** What the program before this one supports. */
const OLD_FEATURES = SUPPORTED_FEATURES.map((each) => (each.name === ELR_FEATURE ? { ...each, maxLevel: 0 } : each));
const UPGRADED_WITHIN_MS = 8000;

/** A node is started with the newer program: the host of a controller, or the id of a broker. */
interface UpgradeAction {
  readonly do: 'upgrade';
  readonly node: string;
}

/** A controller that is upgraded. */
interface UpgradedController {
  readonly machine: Machine;
  readonly controller: { committedImage(): MetadataImage } | undefined;
}

/**
 * A rolling upgrade across two levels: every node starts with an older program, in a cluster of the older levels, and is
 * started with the newer one later, one after the other. All the while an operator tries to raise the levels, which must
 * not succeed before every node knows them: no program ever sees a record of a level it does not support.
 */
export class RollingUpgrade {
  readonly #random: SeededRandom;
  readonly #stream: ChoiceStream<UpgradeAction>;
  readonly #upgraded = new Set<string>();
  readonly #firstLevel: number;
  #stopped = false;
  #nodes: readonly UpgradedController[] = [];

  constructor(
    private readonly world: World,
    /** Brokers, which start anew by themselves when `featuresOf` says something else. */
    private readonly brokerIds: readonly number[],
  ) {
    this.#random = world.random.fork('rolling upgrade');
    this.#firstLevel = world.choices.setting('first level', this.#random.chance(0.5) ? 27 : 28, [28]);
    this.#stream = world.choices.stream('upgrade');
  }

  /** What the program supports that a node runs when it starts next, by host of controllers and id of brokers. */
  featuresOf(node: string | number): readonly SupportedFeature[] {
    return this.#upgraded.has(`${node}`) ? SUPPORTED_FEATURES : OLD_FEATURES;
  }

  /** What `storage format` leaves for the first active controller. */
  get bootstrapRecords(): readonly Buffer[] {
    const level = {
      type: 'FeatureLevelRecord',
      name: METADATA_VERSION_FEATURE,
      featureLevel: this.#firstLevel,
    } as const;
    return [Buffer.from(encodeMetadataRecord(level))];
  }

  /** Begins; `nodes` are the controllers, which are watched and restarted. */
  start(controllers: ActiveControllerChannel, nodes: readonly UpgradedController[]): void {
    this.#nodes = nodes;
    if (this.#stream.isScripted) void this.#follow();
    else this.#draw();
    void this.#raise(controllers);
  }

  /** Everything runs the newer program from now on. */
  settle(): void {
    this.#stream.end();
    for (const node of this.#names) this.#upgrade(node);
  }

  /** Records that nobody was given before, and the metadata they lead to. */
  committed(records: readonly MetadataRecord[], after: MetadataImage): void {
    for (const record of records) {
      if (record.type !== 'FeatureLevelRecord') continue;
      for (const { id, features } of after.brokers()) this.#check(`broker ${id}`, features, after);
    }
  }

  /** Held against what every running controller has been given. */
  checkState(): void {
    for (const { machine, controller } of this.#nodes) {
      const seen = machine.isRunning ? controller?.committedImage() : undefined;
      if (seen !== undefined) this.#check(machine.host, this.featuresOf(machine.host), seen);
    }
  }

  /** Liveness: with everything healed and upgraded the levels were raised. */
  checkEnded(image: MetadataImage): void {
    this.#stopped = true;
    for (const { name, level } of FINAL_LEVELS) {
      if (image.featureLevel(name) === level) continue;
      this.world.report('L1 progress after healing', `${name} is at level ${image.featureLevel(name)}`);
    }
  }

  get #names(): readonly string[] {
    return [...this.#nodes.map(({ machine }) => machine.host), ...this.brokerIds.map((id) => `${id}`)];
  }

  #draw(): void {
    const random = this.world.random.fork('order of the upgrade');
    for (const node of this.#names) {
      const draw = (): UpgradeAction => ({ do: 'upgrade', node });
      this.#stream.after(random.below(UPGRADED_WITHIN_MS), draw, (action) => this.#upgrade(action.node));
    }
  }

  async #follow(): Promise<void> {
    for (;;) {
      const action = await this.#stream.next(
        () => Infinity,
        () => undefined,
      );
      if (action === undefined) return;
      this.#upgrade(action.node);
    }
  }

  #upgrade(node: string): void {
    if (this.#upgraded.has(node)) return;
    const machine = this.#nodes.find((each) => each.machine.host === node)?.machine;
    // The older program ends first: what it was given is held against what it supports until then.
    const wasRunning = machine?.isRunning === true;
    machine?.crash('keep');
    this.#upgraded.add(node);
    if (wasRunning) machine?.start();
  }

  async #raise(controllers: ActiveControllerChannel): Promise<void> {
    const { world } = this;
    for (let next = 0; next < FINAL_LEVELS.length && !this.#stopped;) {
      await new Promise<void>((resolve) => world.time.timers.after(this.#random.below(500), resolve));
      const update = FINAL_LEVELS[next];
      if (update === undefined) return;
      const outcome = await callController(controllers, updateFeaturesRpc, {
        principal: 'User:simulation',
        updates: [{ ...update, upgradeType: 'UPGRADE' }],
        validateOnly: false,
        timeoutMs: 2000,
      });
      if (!outcome.isAnswered) continue;
      if (outcome.answer.result.ok) next += 1;
      else world.mark('a level was refused because some node did not know it');
    }
  }

  #check(node: string, features: readonly SupportedFeature[], image: MetadataImage): void {
    for (const [name, level] of image.features()) {
      const range = features.find((feature) => feature.name === name);
      if (range !== undefined && level <= range.maxLevel) continue;
      this.world.report('U1 no level beyond a program', `${node} does not know level ${level} of ${name}`);
    }
  }
}
