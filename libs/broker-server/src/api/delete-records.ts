import { layeredServerConfig, resolveTopicConfig } from '@milena/config-schema';
import { deleteRecords, type ResponseInputOf } from '@milena/kafka-protocol';
import { isInternalTopic, type MetadataImage } from '@milena/metadata';
import { errorCode, failure, success, type Result } from '@milena/model';
import type { BrokerConfig } from '../broker-config';
import type { RecordDeletion } from '../record-deletion';
import { serverConfigLayers } from '../server-config-layers';
import type { ApiHandler } from './api-handler';
import { requestedPartition } from './requested-topic';

type PartitionResponse = ResponseInputOf<typeof deleteRecords>['topics'][number]['partitions'][number];

/** Kafka's "everything up to the high watermark". */
const HIGH_WATERMARK = -1;

/** DeleteRecords: the leader forgets what is below an offset, and its followers after it (KIP-107). */
export const deleteRecordsApi: ApiHandler<typeof deleteRecords> = {
  api: deleteRecords,
  handle({ topics }, { broker }) {
    const image = broker.image();
    const deleteOne = (topic: string, partition: number, before: number): PartitionResponse => {
      const deletion = checked(image, broker.config, topic, partition, before);
      if (!deletion.ok) return outcome(partition, errorCode(deletion.error.code));
      const [deleted] = broker.replicaManager.deleteRecords([deletion.value]);
      if (deleted === undefined) return outcome(partition, errorCode('UNKNOWN_SERVER_ERROR'));
      return outcome(partition, errorCode(deleted.error), deleted.lowWatermark);
    };
    return {
      throttleTimeMs: 0,
      topics: topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partitionIndex, offset }) => deleteOne(name, partitionIndex, offset)),
      })),
    };
  },
};

/** Only of topics whose policy is to delete: what is compacted away is decided by its keys. */
function checked(
  image: MetadataImage,
  config: BrokerConfig,
  topic: string,
  partition: number,
  before: number,
): Result<RecordDeletion> {
  const found = requestedPartition(image, { name: topic }, partition);
  if (!found.ok) return found;
  if (isInternalTopic(topic)) return failure('INVALID_TOPIC_EXCEPTION', `only brokers change topic '${topic}'`);
  const own = image.config({ type: 'TOPIC', name: topic });
  const policy = resolveTopicConfig(own, layeredServerConfig(serverConfigLayers(image, config))).list('cleanup.policy');
  if (!policy.includes('delete')) return failure('POLICY_VIOLATION', `the policy of topic '${topic}' is not to delete`);
  return success({
    topicPartition: { topic, partition },
    before: before === HIGH_WATERMARK ? 'high-watermark' : before,
  });
}

function outcome(partitionIndex: number, code: number, lowWatermark = -1): PartitionResponse {
  return { partitionIndex, lowWatermark, errorCode: code };
}
