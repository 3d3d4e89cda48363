import { initProducerId, produce } from '@milena/kafka-protocol';
import {
  errorName,
  producerId as toProducerId,
  topicPartitionName,
  ZERO_OFFSET,
  type ErrorName,
  type TopicPartition,
} from '@milena/model';
import type { SeededRandom } from '@milena/platform/testing';
import { encodeBatch } from '@milena/record-batch';
import type { ChoiceStream } from '../choices/choice-stream';
import type { KafkaClient } from '../clients/kafka-client';
import type { World } from '../world';
import type { ProducedHistory } from './produced-history';

const PRODUCE_TIMEOUT_MS = 1_000;
const BATCH_RECORDS_MAX = 3;

/** Answers after which the same batch is sent again: it was not taken, or nobody knows. */
const RETRIED: ReadonlySet<ErrorName> = new Set<ErrorName>([
  'NOT_LEADER_OR_FOLLOWER',
  'LEADER_NOT_AVAILABLE',
  'UNKNOWN_TOPIC_OR_PARTITION',
  'UNKNOWN_TOPIC_ID',
  'REQUEST_TIMED_OUT',
  'NOT_ENOUGH_REPLICAS',
  'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
  'KAFKA_STORAGE_ERROR',
]);

/** Who produces, where to, and where it is written down. */
export interface IdempotentProducerOptions {
  readonly world: World;
  readonly client: KafkaClient;
  readonly name: string;
  readonly partitions: readonly TopicPartition[];
  readonly history: ProducedHistory;
  /** Longest pause between two batches of a partition. */
  readonly pauseMsMax: number;
}

/** One batch of a partition. */
interface ProduceAction {
  readonly do: 'produce';
  readonly records: number;
}

interface Identity {
  readonly id: number;
  readonly epoch: number;
}

/**
 * An idempotent producer with acks=all: one batch under way per partition, sent again with the same sequence until it is
 * answered. Values are `name:n`, n being also the record's sequence, so that every record is unique.
 */
export class IdempotentProducer {
  readonly #random: SeededRandom;
  /** Next sequence by position in `partitions`. */
  readonly #next: number[];
  /** By position in `partitions`. */
  readonly #streams: readonly ChoiceStream<ProduceAction>[];

  constructor(private readonly options: IdempotentProducerOptions) {
    this.#random = options.world.random.fork(`producer ${options.name}`);
    this.#next = options.partitions.map(() => 0);
    this.#streams = options.partitions.map((partition) =>
      options.world.choices.stream(`${options.name} to ${topicPartitionName(partition)}`),
    );
  }

  /** Produces to every partition until stopped. Ends when what is under way then, and one more batch for each, is answered. */
  async run(): Promise<void> {
    const identity = await this.#identity();
    await Promise.all(this.#streams.map((stream, index) => this.#produceTo(index, stream, identity)));
  }

  stop(): void {
    for (const stream of this.#streams) stream.end();
  }

  async #identity(): Promise<Identity> {
    const { client, partitions } = this.options;
    for (;;) {
      const [{ topic, partition } = { topic: '', partition: 0 }] = partitions;
      const broker = client.leader(topic, partition);
      const answer =
        broker &&
        (await client.call(broker, initProducerId, 4, { transactionalId: null, transactionTimeoutMs: 60_000 }));
      if (answer?.errorCode === 0) return { id: answer.producerId, epoch: answer.producerEpoch };
      await client.pause(50 + this.#random.below(100));
      await this.#refresh();
    }
  }

  async #produceTo(index: number, stream: ChoiceStream<ProduceAction>, identity: Identity): Promise<void> {
    const { world, name, pauseMsMax } = this.options;
    const random = world.random.fork(`batches of ${name} for ${index}`);
    for (;;) {
      const action = await stream.next(
        () => 1 + random.below(pauseMsMax),
        () => ({ do: 'produce', records: 1 + random.below(BATCH_RECORDS_MAX) }),
      );
      await this.produceOnce(index, action?.records ?? 1, identity);
      if (action === undefined) return;
    }
  }

  /** Sends one batch until it is answered. */
  private async produceOnce(index: number, count: number, identity: Identity): Promise<void> {
    const { world, client, name, partitions, history } = this.options;
    const topicPartition = partitions[index];
    const baseSequence = this.#next[index];
    if (topicPartition === undefined || baseSequence === undefined) return;
    const values = Array.from({ length: count }, (_, at) => `${name}:${baseSequence + at}`);
    const records = this.#batch(values, baseSequence, identity);
    this.#next[index] = baseSequence + values.length;
    for (;;) {
      const answer = await this.#send(topicPartition, records);
      world.logger.debug('produce answered', { host: name, ...topicPartition, values, ...answer });
      if (answer?.error === 'NONE') return history.acked(topicPartition, answer.baseOffset, values, name);
      if (answer !== undefined && !RETRIED.has(answer.error)) {
        const { topic, partition } = topicPartition;
        world.report('T1 idempotent produce', `${topic}-${partition}: ${values.join()} was answered ${answer.error}`);
        return;
      }
      await client.pause(10 + this.#random.below(90));
      await this.#refresh();
    }
  }

  #batch(values: readonly string[], baseSequence: number, { id, epoch }: Identity): Buffer {
    return encodeBatch({
      baseOffset: ZERO_OFFSET,
      partitionLeaderEpoch: -1,
      records: values.map((value) => ({ value: Buffer.from(value) })),
      timestamp: this.options.world.time.clock.wallMs(),
      producerId: toProducerId(id),
      producerEpoch: epoch,
      baseSequence,
    });
  }

  async #send(
    { topic, partition }: TopicPartition,
    records: Buffer,
  ): Promise<{ readonly error: ErrorName; readonly baseOffset: number } | undefined> {
    const { client } = this.options;
    const leader = client.leader(topic, partition);
    if (leader === undefined) return undefined;
    const answer = await client.call(leader, produce, 11, {
      transactionalId: null,
      acks: -1,
      timeoutMs: PRODUCE_TIMEOUT_MS,
      topicData: [{ name: topic, partitionData: [{ index: partition, records: Buffer.from(records) }] }],
    });
    const response = answer?.responses[0]?.partitionResponses[0];
    if (response === undefined) return undefined;
    return { error: errorName(response.errorCode), baseOffset: response.baseOffset };
  }

  #refresh(): Promise<void> {
    return this.options.client.refresh([...new Set(this.options.partitions.map(({ topic }) => topic))]);
  }
}
