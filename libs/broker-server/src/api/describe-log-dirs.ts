import type { ReplicaLogState } from '@milena/cluster-protocol';
import { describeLogDirs, type RequestOf, type ResponseInputOf } from '@milena/kafka-protocol';
import type { ApiHandler } from './api-handler';
import type { ReplicaLogs } from '../admin/replica-logs';

type Asked = RequestOf<typeof describeLogDirs>['topics'];
type TopicLogs = ResponseInputOf<typeof describeLogDirs>['results'][number]['topics'][number];

/**
 * DescribeLogDirs: this broker's one log directory with the replicas in it. Replicas that are not here are left out. The
 * bytes of the volume are unknown (-1), and no replica is ever on its way to another directory.
 */
export const describeLogDirsApi: ApiHandler<typeof describeLogDirs> = {
  api: describeLogDirs,
  handle({ topics: asked }, { broker }) {
    const { path, logs } = broker.logDirectory;
    const topics = new Map<string, TopicLogs['partitions'][number][]>();
    for (const log of found(logs, asked)) {
      const { topic, partition } = log.topicPartition;
      const partitions = topics.get(topic) ?? [];
      topics.set(topic, partitions);
      partitions.push({
        partitionIndex: partition,
        partitionSize: log.sizeInBytes,
        offsetLag: Math.max(0, log.highWatermark - log.logEndOffset),
        isFutureKey: false,
      });
    }
    const result = {
      errorCode: 0,
      logDir: path,
      topics: [...topics].map(([name, partitions]) => ({ name, partitions })),
    };
    return { throttleTimeMs: 0, errorCode: 0, results: [result] };
  },
};

function found(logs: ReplicaLogs, asked: Asked): readonly ReplicaLogState[] {
  if (asked === null) return logs.list(undefined, Infinity);
  return asked.flatMap(({ topic, partitions }) =>
    [...new Set(partitions)].flatMap((partition) => logs.find({ topic, partition }) ?? []),
  );
}
