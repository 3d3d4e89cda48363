import { offsetDelete } from '@milena/kafka-protocol';
import { errorCode } from '@milena/model';
import type { ApiHandler } from './api-handler';
import { outcomesByPartition } from './outcomes-by-partition';
import { requestedPartition } from './requested-topic';

/** OffsetDelete: forgets offsets of partitions the group's members do not read; those that do not exist are refused here. */
export const offsetDeleteApi: ApiHandler<typeof offsetDelete> = {
  api: offsetDelete,
  async handle({ groupId, topics }, { broker }) {
    const image = broker.image();
    const exists = (topic: string, partition: number) => requestedPartition(image, { name: topic }, partition).ok;
    const known = topics.flatMap(({ name, partitions }) => {
      const indexes = partitions.map(({ partitionIndex }) => partitionIndex).filter((index) => exists(name, index));
      return indexes.length === 0 ? [] : [{ topic: name, partitions: indexes }];
    });
    const { error, topics: outcomes } = await broker.groups.deleteOffsets({ groupId, topics: known });
    if (error !== 'NONE') return { throttleTimeMs: 0, errorCode: errorCode(error), topics: [] };
    const outcomeOf = outcomesByPartition(outcomes);
    return {
      throttleTimeMs: 0,
      errorCode: 0,
      topics: topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partitionIndex: index }) => ({
          partitionIndex: index,
          errorCode: errorCode(exists(name, index) ? outcomeOf(name, index) : 'UNKNOWN_TOPIC_OR_PARTITION'),
        })),
      })),
    };
  },
};
