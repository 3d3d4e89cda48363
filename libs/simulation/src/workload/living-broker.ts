import { alterPartitionRpc, brokerHeartbeatRpc, registerBrokerRpc } from '@milena/cluster-protocol';
import { SUPPORTED_FEATURES, type MetadataImage } from '@milena/metadata';
import { uuidFromBytes, type Uuid } from '@milena/model';
import type { SeededRandom } from '@milena/platform/testing';
import type { ActiveControllerChannel } from '@milena/raft-driver';
import type { World } from '../world';

const CALL_TIMEOUT_MS = 2000;
const HEARTBEAT_PAUSE_MS = 400;

/** What a living broker is made from. */
export interface LivingBrokerOptions {
  readonly world: World;
  readonly controllers: ActiveControllerChannel;
  readonly clusterId: Uuid;
  readonly brokerId: number;
  /** Newest committed metadata, which tells the broker what it leads. */
  image(): MetadataImage;
}

/**
 * A broker as the controller sees it, with nothing behind it: it registers, sends heartbeats, falls silent until it is
 * fenced, starts again as a new incarnation, and asks for changes of the in-sync sets of what it leads. Requests of its
 * former lives arrive late, and none of them may be granted (P13).
 */
export class LivingBroker {
  readonly #random: SeededRandom;
  readonly #directory: Uuid;
  #epoch: number | undefined;
  #incarnation: Uuid;
  #isDisturbed = true;

  constructor(private readonly options: LivingBrokerOptions) {
    this.#random = options.world.random.fork(`living broker ${options.brokerId}`);
    this.#directory = this.#newId();
    this.#incarnation = this.#newId();
  }

  start(): void {
    void this.#live();
  }

  /** From now on it lives on without silence and restarts. */
  settle(): void {
    this.#isDisturbed = false;
  }

  async #live(): Promise<never> {
    for (;;) {
      if (this.#epoch === undefined) await this.#register();
      else if (this.#isDisturbed && this.#random.chance(0.04)) await this.#pause(this.#random.below(6000));
      else if (this.#isDisturbed && this.#random.chance(0.04)) this.#restart(this.#epoch);
      else if (!(await this.#heartbeat(this.#epoch))) this.#epoch = undefined;
      else if (this.#isDisturbed && this.#random.chance(0.4)) await this.#changeIsr(this.#epoch);
      await this.#pause(this.#epoch === undefined ? 100 : HEARTBEAT_PAUSE_MS);
    }
  }

  /** A new process; what the old one had sent is still under way. */
  #restart(oldEpoch: number): void {
    this.#incarnation = this.#newId();
    this.#epoch = undefined;
    this.options.world.time.timers.after(500 + this.#random.below(3000), () => void this.#haunt(oldEpoch));
  }

  async #haunt(oldEpoch: number): Promise<void> {
    const present = this.#epoch;
    if (present === undefined || present <= oldEpoch) return;
    const { world, brokerId } = this.options;
    const accepted = await this.#heartbeat(oldEpoch, true);
    if (accepted) {
      const text = `broker ${brokerId} of epoch ${oldEpoch} was heard after its registration with ${present}`;
      world.report('P13 broker epoch', text);
    }
  }

  async #register(): Promise<void> {
    const { controllers, clusterId, brokerId, world } = this.options;
    const incarnationId = this.#incarnation;
    const request = registerBrokerRpc.encodeRequest({
      principal: 'User:simulation',
      clusterId,
      brokerId,
      incarnationId,
      listeners: [{ name: 'INTERNAL', host: 'outside', port: 9000 + brokerId, securityProtocol: 'PLAINTEXT' }],
      features: SUPPORTED_FEATURES,
      logDirectories: [this.#directory],
      previousBrokerEpoch: -1,
    });
    const outcome = await controllers.unary(registerBrokerRpc.method, request, CALL_TIMEOUT_MS);
    if (!outcome.ok || incarnationId !== this.#incarnation) return;
    const response = registerBrokerRpc.decodeResponse(outcome.value);
    if (!response.ok) return;
    if (this.options.image().broker(brokerId)?.fenced === false) {
      world.mark('a broker took over its own registration');
    }
    this.#epoch = response.value.brokerEpoch;
  }

  /** Whether the epoch was accepted; silence counts as yes unless `onlyIfHeard`. */
  async #heartbeat(brokerEpoch: number, onlyIfHeard = false): Promise<boolean> {
    const { controllers, brokerId } = this.options;
    const request = brokerHeartbeatRpc.encodeRequest({
      principal: 'User:simulation',
      brokerId,
      brokerEpoch,
      currentMetadataOffset: Math.max(brokerEpoch, this.options.image().provenance.offset),
      wantFence: false,
      wantShutDown: false,
      offlineLogDirectories: [],
    });
    const outcome = await controllers.unary(brokerHeartbeatRpc.method, request, CALL_TIMEOUT_MS);
    if (!outcome.ok) return !onlyIfHeard;
    const response = brokerHeartbeatRpc.decodeResponse(outcome.value);
    return response.ok || (!onlyIfHeard && response.error.code !== 'STALE_BROKER_EPOCH');
  }

  /** As the leader of one of its partitions: some follower fell behind, or all are in sync again. */
  async #changeIsr(brokerEpoch: number): Promise<void> {
    const { brokerId, controllers, world } = this.options;
    const image = this.options.image();
    const led = [...image.hostedPartitions(brokerId)].filter(({ state }) => state.leader === brokerId);
    const chosen = led[this.#random.below(Math.max(1, led.length))];
    if (chosen === undefined) return;
    const { topic, partition, state } = chosen;
    const wanted = this.#random.chance(0.5) ? [brokerId] : state.replicas;
    const newIsr = wanted.flatMap((id) => {
      const broker = image.broker(id);
      return broker === undefined || (broker.fenced && id !== brokerId)
        ? []
        : [{ brokerId: id, brokerEpoch: broker.epoch }];
    });
    const proposal = {
      partition,
      leaderEpoch: state.leaderEpoch,
      partitionEpoch: state.partitionEpoch,
      newIsr,
      leaderRecoveryState: 'RECOVERED' as const,
    };
    const request = alterPartitionRpc.encodeRequest({
      principal: 'User:simulation',
      brokerId,
      brokerEpoch,
      topics: [{ topicId: topic.id, partitions: [proposal] }],
    });
    const outcome = await controllers.unary(alterPartitionRpc.method, request, CALL_TIMEOUT_MS);
    if (outcome.ok) world.note(`alter partition by ${brokerId}`);
  }

  #newId(): Uuid {
    return uuidFromBytes(this.#random.bytes(16));
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.options.world.time.timers.after(ms, resolve));
  }
}
