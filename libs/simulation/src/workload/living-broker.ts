import {
  allocateProducerIdsRpc,
  alterPartitionRpc,
  brokerHeartbeatRpc,
  registerBrokerRpc,
  type Rpc,
} from '@milena/cluster-protocol';
import type { MetadataImage, SupportedFeature } from '@milena/metadata';
import { uuidFromBytes, type Result, type Uuid } from '@milena/model';
import type { SeededRandom } from '@milena/platform/testing';
import type { ActiveControllerChannel } from '@milena/raft-driver';
import type { ChoiceStream } from '../choices/choice-stream';
import type { World } from '../world';
import { callController } from './call-controller';
import { isrProposals, type IsrWish } from './isr-proposals';
import type { ProducerIdBlocks } from './producer-id-blocks';

const HEARTBEAT_PAUSE_MS = 400;
const SHUTDOWN_HEARTBEATS_MAX = 10;
const HAUNTS_AFTER_UPGRADE_MS = 1000;
const PRINCIPAL = 'User:simulation';

/** What a broker does besides living. Times are virtual milliseconds. */
type BrokerAction =
  | { readonly do: 'fall silent'; readonly forMs: number }
  /** It is killed and starts again; a request of its former life arrives after `hauntsAfterMs`. */
  | { readonly do: 'restart'; readonly hauntsAfterMs: number }
  | { readonly do: 'stop in order'; readonly hauntsAfterMs: number; readonly downMs: number }
  /** As the leader of one of its partitions, which `rank` from 0 to 1 chooses. */
  | { readonly do: 'change isr'; readonly wish: IsrWish; readonly rank: number }
  | { readonly do: 'ask for producer ids' };

/** What a living broker is made from. */
export interface LivingBrokerOptions {
  readonly world: World;
  readonly controllers: ActiveControllerChannel;
  readonly clusterId: Uuid;
  readonly brokerId: number;
  readonly producerIds: ProducerIdBlocks;
  /** Newest committed metadata that a node holds, which tells the broker what it leads. */
  image(): MetadataImage;
  /** Newest metadata that was ever committed. */
  truth(): MetadataImage;
  /** What the broker's program supports; it starts anew when that changes. */
  features(): readonly SupportedFeature[];
}

/**
 * A broker as the controller sees it, with nothing behind it: it registers, sends heartbeats, falls silent until it is
 * fenced, is killed or stops in good order, starts again as a new incarnation, asks for producer ids and for changes of the
 * in-sync sets of what it leads. Requests of its former lives arrive late, and none of them may be granted (P13).
 */
export class LivingBroker {
  readonly #random: SeededRandom;
  /** Decides what it does; ids and what it has seen are luck. */
  readonly #choices: SeededRandom;
  readonly #stream: ChoiceStream<BrokerAction>;
  readonly #directory: Uuid;
  #epoch: number | undefined;
  #incarnation: Uuid;
  /** Epoch of the life that ended in good order last, -1 when the last one was killed. */
  #previousEpoch = -1;
  #features: readonly SupportedFeature[];
  /** What it knows of the metadata: now and then it is behind. */
  #image: MetadataImage;
  #isDisturbed = true;

  constructor(private readonly options: LivingBrokerOptions) {
    this.#random = options.world.random.fork(`living broker ${options.brokerId}`);
    this.#choices = this.#random.fork('choices');
    this.#stream = options.world.choices.stream(`broker ${options.brokerId}`);
    this.#directory = this.#newId();
    this.#incarnation = this.#newId();
    this.#features = options.features();
    this.#image = options.image();
  }

  start(): void {
    void this.#live();
  }

  /** From now on it lives on without silence and restarts, and its replicas catch up with those it leads. */
  settle(): void {
    this.#isDisturbed = false;
  }

  async #live(): Promise<never> {
    for (;;) {
      if (!this.#isDisturbed || this.#random.chance(0.7)) this.#image = this.options.image();
      if (this.#features !== this.options.features()) this.#restart(this.#epoch, HAUNTS_AFTER_UPGRADE_MS);
      else if (this.#epoch === undefined) await this.#register();
      else if (this.#isDisturbed) await this.#takeTurn(this.#epoch);
      else if (await this.#isHeard(this.#epoch)) await this.#changeIsr(this.#epoch, () => true, 'all in sync');
      await this.#pause(this.#epoch === undefined ? 100 : HEARTBEAT_PAUSE_MS);
    }
  }

  async #takeTurn(epoch: number): Promise<void> {
    const action = this.#stream.due(() => this.#draw());
    switch (action?.do) {
      case 'fall silent':
        return this.#pause(action.forMs);
      case 'restart':
        return this.#restart(epoch, action.hauntsAfterMs);
      case 'stop in order':
        return this.#stopInOrder(epoch, action);
      case 'change isr':
        if (!(await this.#isHeard(epoch))) return;
        return this.#changeIsr(epoch, (index, count) => index === Math.floor(action.rank * count), action.wish);
      case 'ask for producer ids':
        if (!(await this.#isHeard(epoch))) return;
        return this.#askForProducerIds(epoch);
      default:
        await this.#isHeard(epoch);
    }
  }

  #draw(): BrokerAction | undefined {
    const random = this.#choices;
    if (random.chance(0.04)) return { do: 'fall silent', forMs: random.below(6000) };
    const hauntsAfterMs = 500 + random.below(3000);
    if (random.chance(0.04)) return { do: 'restart', hauntsAfterMs };
    if (random.chance(0.03)) return { do: 'stop in order', hauntsAfterMs, downMs: random.below(2000) };
    const wish = random.chance(0.5) ? 'alone' : 'all in sync';
    if (random.chance(0.4)) return { do: 'change isr', wish, rank: random.fraction() };
    return random.chance(0.2) ? { do: 'ask for producer ids' } : undefined;
  }

  /** A new process; what the old one had sent is still under way. */
  #restart(oldEpoch: number | undefined, hauntsAfterMs: number): void {
    this.#incarnation = this.#newId();
    this.#features = this.options.features();
    this.#epoch = undefined;
    this.#previousEpoch = -1;
    if (oldEpoch === undefined) return;
    this.options.world.time.timers.after(hauntsAfterMs, () => void this.#haunt(oldEpoch));
  }

  /** Requests of a former life: none may have an effect. */
  async #haunt(oldEpoch: number): Promise<void> {
    const present = this.#epoch;
    if (present === undefined || present <= oldEpoch) return;
    const { world, brokerId } = this.options;
    const identity = { principal: PRINCIPAL, brokerId, brokerEpoch: oldEpoch };
    const heard = [
      await this.#heartbeat(oldEpoch),
      await this.#ask(alterPartitionRpc, { ...identity, topics: [] }),
      await this.#ask(allocateProducerIdsRpc, identity),
    ];
    if (!heard.some((answer) => answer?.ok === true)) return;
    const text = `broker ${brokerId} of epoch ${oldEpoch} was heard after its registration with ${present}`;
    world.report('P13 broker epoch', text);
  }

  async #register(): Promise<void> {
    const { clusterId, brokerId, world } = this.options;
    const incarnationId = this.#incarnation;
    const isHeld = this.options.image().broker(brokerId)?.fenced === false;
    const answer = await this.#ask(registerBrokerRpc, {
      principal: PRINCIPAL,
      clusterId,
      brokerId,
      incarnationId,
      listeners: [{ name: 'INTERNAL', host: 'outside', port: 9000 + brokerId, securityProtocol: 'PLAINTEXT' }],
      features: this.#features,
      logDirectories: [this.#directory],
      previousBrokerEpoch: this.#previousEpoch,
    });
    if (answer?.ok !== true || incarnationId !== this.#incarnation) return;
    if (isHeld) world.mark('a broker took over its own registration');
    this.#epoch = answer.value.brokerEpoch;
  }

  /** Whether the epoch is still good; silence counts as yes. */
  async #isHeard(epoch: number): Promise<boolean> {
    const answer = await this.#heartbeat(epoch);
    if (answer === undefined || answer.ok) return true;
    const { code } = answer.error;
    if (code !== 'STALE_BROKER_EPOCH' && code !== 'BROKER_ID_NOT_REGISTERED') return true;
    this.#epoch = undefined;
    return false;
  }

  #heartbeat(brokerEpoch: number, wantShutDown = false) {
    return this.#ask(brokerHeartbeatRpc, {
      principal: PRINCIPAL,
      brokerId: this.options.brokerId,
      brokerEpoch,
      currentMetadataOffset: Math.max(brokerEpoch, this.options.image().provenance.offset),
      wantFence: false,
      wantShutDown,
      offlineLogDirectories: [],
    });
  }

  /** A controlled shutdown: told that it may stop, it leads nothing any more. Who is never told is killed. */
  async #stopInOrder(
    epoch: number,
    { hauntsAfterMs, downMs }: Extract<BrokerAction, { do: 'stop in order' }>,
  ): Promise<void> {
    const { world, brokerId, truth } = this.options;
    let mayStop = false;
    for (let asked = 0; asked < SHUTDOWN_HEARTBEATS_MAX && !mayStop; asked += 1) {
      const answer = await this.#heartbeat(epoch, true);
      mayStop = answer?.ok === true && answer.value.shouldShutDown;
      if (!mayStop) await this.#pause(HEARTBEAT_PAUSE_MS / 2);
    }
    this.#restart(epoch, hauntsAfterMs);
    if (!mayStop) return;
    this.#previousEpoch = epoch;
    world.mark('a broker stopped in good order');
    const [led] = truth().hostedPartitions(brokerId, 'leader');
    if (led !== undefined) {
      const text = `broker ${brokerId} may stop and leads ${led.topic.name}-${led.partition}`;
      world.report('P13 fenced brokers lead nothing', text);
    }
    await this.#pause(downMs);
  }

  async #askForProducerIds(brokerEpoch: number): Promise<void> {
    const { brokerId, producerIds } = this.options;
    const answer = await this.#ask(allocateProducerIdsRpc, { principal: PRINCIPAL, brokerId, brokerEpoch });
    if (answer?.ok === true) producerIds.given(brokerId, answer.value.firstProducerId, answer.value.count);
  }

  /** As the leader of those of its partitions that are chosen, of all that would change. */
  async #changeIsr(
    brokerEpoch: number,
    isChosen: (index: number, count: number) => boolean,
    wish: IsrWish,
  ): Promise<void> {
    const { brokerId, world } = this.options;
    const proposed = isrProposals(this.#image, brokerId, wish);
    const topics = proposed.filter((_, index) => isChosen(index, proposed.length));
    if (topics.length === 0) return;
    const answer = await this.#ask(alterPartitionRpc, { principal: PRINCIPAL, brokerId, brokerEpoch, topics });
    if (answer !== undefined) world.note(`alter partition by ${brokerId}`);
  }

  /** The answer; undefined when there was none. */
  async #ask<Request, Value>(rpc: Rpc<Request, Result<Value>>, request: Request): Promise<Result<Value> | undefined> {
    const outcome = await callController(this.options.controllers, rpc, request);
    return outcome.isAnswered ? outcome.answer : undefined;
  }

  #newId(): Uuid {
    return uuidFromBytes(this.#random.bytes(16));
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.options.world.time.timers.after(ms, resolve));
  }
}
