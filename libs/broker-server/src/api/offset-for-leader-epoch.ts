import { offsetForLeaderEpoch, type ResponseInputOf } from '@milena/kafka-protocol';
import { errorCode } from '@milena/model';
import type { EpochEndAnswer } from '../offset-query';
import type { ApiHandler } from './api-handler';
import { requestedPartition } from './requested-topic';

type EpochEnd = ResponseInputOf<typeof offsetForLeaderEpoch>['topics'][number]['partitions'][number];

/** OffsetForLeaderEpoch: where an epoch ends in the leader's log, so that a consumer notices truncation (KIP-320). */
export const offsetForLeaderEpochApi: ApiHandler<typeof offsetForLeaderEpoch> = {
  api: offsetForLeaderEpoch,
  handle({ topics }, { broker }) {
    const image = broker.image();
    const answerOne = (topic: string, asked: (typeof topics)[number]['partitions'][number]): EpochEnd => {
      const { partition, currentLeaderEpoch, leaderEpoch } = asked;
      const found = requestedPartition(image, { name: topic }, partition);
      if (!found.ok) return { partition, errorCode: errorCode(found.error.code) };
      const query = { topicPartition: { topic, partition }, currentLeaderEpoch, leaderEpoch };
      return epochEnd(partition, broker.replicaManager.endOffsetForEpoch([query])[0]);
    };
    return {
      topics: topics.map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.map((asked) => answerOne(topic, asked)),
      })),
    };
  },
};

function epochEnd(partition: number, answer: EpochEndAnswer | undefined): EpochEnd {
  if (answer === undefined) return { partition, errorCode: errorCode('UNKNOWN_SERVER_ERROR') };
  const { error, leaderEpoch, endOffset } = answer;
  return { partition, errorCode: errorCode(error), leaderEpoch, endOffset };
}
