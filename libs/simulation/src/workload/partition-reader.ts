import { fetch } from '@milena/kafka-protocol';
import { topicPartitionName, type TopicPartition } from '@milena/model';
import { batchesOf, decodeRecords } from '@milena/record-batch';
import type { KafkaClient } from '../clients/kafka-client';
import type { World } from '../world';

const FETCH_BYTES = 64 * 1024;

/** What one fetch brought. */
export interface FetchedRecords {
  readonly highWatermark: number;
  /** By offset, in order. */
  readonly values: ReadonlyMap<number, string>;
}

/** Reads a partition from its leader through the Kafka protocol; undefined when nobody could answer. */
export async function fetchFrom(
  world: World,
  client: KafkaClient,
  { topic, partition }: TopicPartition,
  fetchOffset: number,
): Promise<FetchedRecords | undefined> {
  const leader = client.leader(topic, partition);
  if (leader === undefined) return undefined;
  const answer = await client.call(leader, fetch, 12, {
    maxWaitMs: 50,
    minBytes: 1,
    isolationLevel: 0,
    sessionId: 0,
    topics: [{ topic, partitions: [{ partition, fetchOffset, partitionMaxBytes: FETCH_BYTES }] }],
    forgottenTopicsData: [],
    rackId: '',
  });
  const found = answer?.responses[0]?.partitions[0];
  if (found === undefined || found.errorCode !== 0) return undefined;
  const values = new Map<number, string>();
  for (const { bytes } of batchesOf(found.records ?? Buffer.alloc(0))) {
    for (const { offset, value } of decodeRecords(bytes)) {
      if (offset >= fetchOffset) values.set(offset, value?.toString() ?? '');
      if (offset < found.highWatermark) continue;
      const at = `${topicPartitionName({ topic, partition })} at ${offset}`;
      world.report('P2 nothing read past the high watermark', `${at}, high watermark ${found.highWatermark}`);
    }
  }
  return { highWatermark: found.highWatermark, values };
}

/** Reads a partition from its first record to its end, by offset; asks until all of it was told. */
export async function readToEnd(
  world: World,
  client: KafkaClient,
  partition: TopicPartition,
): Promise<ReadonlyMap<number, string>> {
  const values = new Map<number, string>();
  for (let next = 0; ;) {
    const fetched = await fetchFrom(world, client, partition, next);
    if (fetched === undefined) await client.refresh([partition.topic]);
    for (const [offset, value] of fetched?.values ?? []) {
      values.set(offset, value);
      next = offset + 1;
    }
    if (fetched !== undefined && next >= fetched.highWatermark) return values;
    await client.pause(10);
  }
}
