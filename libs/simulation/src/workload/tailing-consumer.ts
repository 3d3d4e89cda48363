import type { TopicPartition } from '@milena/model';
import type { KafkaClient } from '../clients/kafka-client';
import type { World } from '../world';
import { fetchFrom } from './partition-reader';
import type { ProducedHistory } from './produced-history';

/** What a consumer reads. */
export interface TailingConsumerOptions {
  readonly world: World;
  readonly client: KafkaClient;
  readonly name: string;
  readonly partition: TopicPartition;
  readonly history: ProducedHistory;
}

/** Reads one partition from its start as it grows, and writes down what it saw: nobody may ever see anything else. */
export class TailingConsumer {
  #position = 0;
  #stopped = false;

  constructor(private readonly options: TailingConsumerOptions) {}

  /** Reads until stopped. */
  async run(): Promise<void> {
    const { world, client, partition, history, name } = this.options;
    while (!this.#stopped) {
      const fetched = await fetchFrom(world, client, partition, this.#position);
      for (const [offset, value] of fetched?.values ?? []) {
        history.read(partition, offset, value, name);
        this.#position = offset + 1;
      }
      if (fetched === undefined) await client.refresh([partition.topic]);
      await client.pause(fetched === undefined ? 100 : 20);
    }
  }

  stop(): void {
    this.#stopped = true;
  }
}
