import { listOffsets, metadata } from '@milena/kafka-protocol';
import type { ClusterClient } from './cluster-client';

const LATEST = -1;
const CONSUMER = -1;
const READ_UNCOMMITTED = 0;

/** End offsets by topic and partition; a partition whose leader is not to be had is left out. */
export type PartitionEnds = ReadonlyMap<string, ReadonlyMap<number, number>>;

/** Asks the leaders of these topics' partitions where their logs end; an unknown topic has no partitions. */
export async function partitionEnds(cluster: ClusterClient, names: readonly string[]): Promise<PartitionEnds> {
  const ends = new Map<string, Map<number, number>>();
  if (names.length === 0) return ends;
  const body = { topics: names.map((name) => ({ name })), allowAutoTopicCreation: false };
  const { topics } = await cluster.any.request(metadata, body);
  const leaders = new Set(topics.flatMap(({ partitions }) => partitions.map(({ leaderId }) => leaderId)));
  const wantedOf = (leader: number) =>
    topics.flatMap(({ name, partitions }) => {
      const led = partitions.filter(({ leaderId }) => leaderId === leader);
      const wanted = led.map(({ partitionIndex }) => ({ partitionIndex, timestamp: LATEST }));
      return name === null || led.length === 0 ? [] : [{ name, partitions: wanted }];
    });
  const ask = async (leader: number) => {
    const client = await cluster.broker(leader);
    const request = { replicaId: CONSUMER, isolationLevel: READ_UNCOMMITTED, topics: wantedOf(leader) };
    for (const { name, partitions } of (await client.request(listOffsets, request)).topics) {
      const known = ends.get(name) ?? new Map<number, number>();
      ends.set(name, known);
      for (const { partitionIndex, errorCode, offset } of partitions) {
        if (errorCode === 0) known.set(partitionIndex, offset);
      }
    }
  };
  await Promise.all([...leaders].filter((leader) => leader >= 0).map(ask));
  return ends;
}
