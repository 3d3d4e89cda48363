import {
  metadata,
  type Api,
  type Fields,
  type Message,
  type MessageInput,
  type ResponseOf,
} from '@milena/kafka-protocol';
import { endpointText, topicPartitionName, ZERO_UUID, type Endpoint } from '@milena/model';
import type { Channel } from '@milena/platform';
import type { World } from '../world';
import { KAFKA_FRAME } from './kafka-frames';

const CALL_TIMEOUT_MS = 1_500;

/** One partition as a metadata answer described it. */
type PartitionMetadata = ResponseOf<typeof metadata>['topics'][number]['partitions'][number];

/**
 * A client of the Kafka protocol on the simulated network: real frames to whichever broker leads, metadata asked for anew
 * when something fails. An undefined answer means that nobody knows whether the request was carried out.
 */
export class KafkaClient {
  readonly #channels = new Map<string, Channel>();
  readonly #brokers = new Map<number, Endpoint>();
  /** By topic and partition: the newest leader epoch's state. */
  readonly #partitions = new Map<string, PartitionMetadata>();
  #correlationId = 0;
  #nextBootstrap = 0;

  constructor(
    private readonly world: World,
    private readonly bootstrap: readonly Endpoint[],
    private readonly name: string,
  ) {}

  /** Endpoint of a partition's leader as last heard. */
  leader(topic: string, partition: number): Endpoint | undefined {
    const found = this.#partitions.get(topicPartitionName({ topic, partition }));
    return found === undefined ? undefined : this.#brokers.get(found.leaderId);
  }

  /** Brokers in sync with a partition as last heard. */
  inSync(topic: string, partition: number): readonly number[] {
    return this.#partitions.get(topicPartitionName({ topic, partition }))?.isrNodes ?? [];
  }

  /** Asks the next broker in turn who leads what. */
  async refresh(topics: readonly string[]): Promise<void> {
    const broker = this.bootstrap[this.#nextBootstrap++ % this.bootstrap.length];
    if (broker === undefined) return;
    const asked = topics.map((name) => ({ name, topicId: ZERO_UUID }));
    const answer = await this.call(broker, metadata, 12, { topics: asked, allowAutoTopicCreation: false });
    if (answer === undefined) return;
    for (const { nodeId, host, port } of answer.brokers) this.#brokers.set(nodeId, { host, port });
    for (const { name, errorCode, partitions } of answer.topics) {
      if (name !== null && errorCode === 0) for (const partition of partitions) this.#learn(name, partition);
    }
  }

  /** A broker that is cut off may still tell of a former leader: an older leader epoch is not believed (KIP-320). */
  #learn(topic: string, state: PartitionMetadata): void {
    const name = topicPartitionName({ topic, partition: state.partitionIndex });
    const known = this.#partitions.get(name);
    if (known === undefined || state.leaderEpoch >= known.leaderEpoch) this.#partitions.set(name, state);
  }

  /** Sends one request and waits for its answer. */
  async call<Q extends Fields, S extends Fields>(
    broker: Endpoint,
    api: Api<Q, S>,
    apiVersion: number,
    body: MessageInput<Q>,
    timeoutMs = CALL_TIMEOUT_MS,
  ): Promise<Message<S> | undefined> {
    const key = endpointText(broker);
    const correlationId = ++this.#correlationId;
    const request = api.encodeRequest({ apiVersion, correlationId, clientId: this.name }, body);
    const channel = this.#channels.get(key) ?? this.world.outside.connect(broker, 'kafka');
    this.#channels.set(key, channel);
    const outcome = await channel.unary(KAFKA_FRAME, request, { timeoutMs });
    if (!outcome.ok) {
      // A client drops a connection that failed it; what is under way on it may still be carried out.
      if (outcome.error.reason !== 'status' && this.#channels.get(key) === channel) this.#channels.delete(key);
      return undefined;
    }
    const response = api.decodeResponse(apiVersion, Buffer.from(outcome.value));
    if (response.correlationId !== correlationId) {
      this.world.violated(
        'S6 one answer per request',
        `${this.name} asked ${correlationId}, was answered ${response.correlationId}`,
      );
    }
    return response.body;
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.world.time.timers.after(ms, resolve));
  }
}
